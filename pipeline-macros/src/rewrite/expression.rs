//! Expressions.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, BinOp, Block, Expr, ExprArray, ExprAssign, ExprBinary, ExprBlock, ExprCall, ExprClosure, ExprField,
    ExprIf, ExprLit, ExprMacro, ExprMethodCall, ExprParen, ExprPath, ExprReturn, ExprStruct, ExprTuple, ExprUnary,
    Ident, Lit, ReturnType, Stmt, Token, UnOp,
};

use super::Rewriter;
use crate::options::{as_literal, as_path};

/// What to do instead of a loop with a value.
const LOOP: &str = "make it a statement of a procedure";

/// The function that a binary operator stands for, and the operator's place.
fn operator(op: &BinOp) -> Option<(Span, Ident)> {
    let name = match op {
        BinOp::Add(_) => "add",
        BinOp::Sub(_) => "sub",
        BinOp::Mul(_) => "mul",
        BinOp::Div(_) => "div",
        BinOp::Rem(_) => "rem",
        BinOp::And(_) => "and",
        BinOp::Or(_) => "or",
        BinOp::Eq(_) => "eq",
        BinOp::Ne(_) => "ne",
        BinOp::Lt(_) => "lt",
        BinOp::Le(_) => "le",
        BinOp::Gt(_) => "gt",
        BinOp::Ge(_) => "ge",
        _ => return None,
    };
    Some((op.span(), format_ident!("{name}", span = op.span())))
}

/// The same for `+=` and its like.
pub(super) fn compound(op: &BinOp) -> Option<(Span, Ident)> {
    let name = match op {
        BinOp::AddAssign(_) => "add",
        BinOp::SubAssign(_) => "sub",
        BinOp::MulAssign(_) => "mul",
        BinOp::DivAssign(_) => "div",
        BinOp::RemAssign(_) => "rem",
        _ => return None,
    };
    Some((op.span(), format_ident!("{name}", span = op.span())))
}

/// Whether the expression is `None`.
pub(super) fn is_none(expr: &Expr) -> bool {
    as_path(expr).is_some_and(|path| path.is_ident("None"))
}

/// For `x == None` and `x != None`: `x`, and the function that tests it. In SQL, nothing is equal to NULL.
fn compares_with_none(binary: &ExprBinary) -> Option<(&Expr, &'static str)> {
    let operand = match (is_none(&binary.left), is_none(&binary.right)) {
        (false, true) => &binary.left,
        (true, false) => &binary.right,
        _ => return None,
    };
    match &binary.op {
        BinOp::Eq(_) => Some((operand, "is_null")),
        BinOp::Ne(_) => Some((operand, "is_not_null")),
        _ => None,
    }
}

/// Whether the method takes a table that rows are inserted into.
fn takes_target(method: &Ident) -> bool {
    ["when", "always", "otherwise"].iter().any(|name| method == name)
}

/// Whether the method only reads the tables that are its arguments.
fn is_reader(method: &Ident) -> bool {
    ["join", "left_join", "right_join", "full_join", "cross_join", "delete_using"].iter().any(|name| method == name)
}

/// The attributes on an expression.
pub(super) fn attributes(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Array(ExprArray { attrs, .. })
        | Expr::Assign(ExprAssign { attrs, .. })
        | Expr::Binary(ExprBinary { attrs, .. })
        | Expr::Block(ExprBlock { attrs, .. })
        | Expr::Call(ExprCall { attrs, .. })
        | Expr::Closure(ExprClosure { attrs, .. })
        | Expr::Field(ExprField { attrs, .. })
        | Expr::If(ExprIf { attrs, .. })
        | Expr::Lit(ExprLit { attrs, .. })
        | Expr::Macro(ExprMacro { attrs, .. })
        | Expr::MethodCall(ExprMethodCall { attrs, .. })
        | Expr::Paren(ExprParen { attrs, .. })
        | Expr::Path(ExprPath { attrs, .. })
        | Expr::Return(ExprReturn { attrs, .. })
        | Expr::Struct(ExprStruct { attrs, .. })
        | Expr::Tuple(ExprTuple { attrs, .. })
        | Expr::Unary(ExprUnary { attrs, .. }) => attrs,
        // The others are refused anyway.
        _ => &[],
    }
}

impl Rewriter<'_> {
    /// Attributes would be lost, `#[cfg(..)]` among them.
    pub(super) fn no_attributes(&mut self, attrs: &[Attribute]) {
        for attr in attrs {
            self.mistake(attr, "attributes are not available in a procedure or view\nhelp: leave it out");
        }
    }

    /// The head of a closure, from its first to its second bar.
    pub(super) fn closure_head(&mut self, closure: &ExprClosure) -> TokenStream {
        let (capture, begin, inputs, end) =
            (&closure.capture, &closure.inputs_begin, &closure.inputs, &closure.inputs_end);
        if let Some(token) = &closure.asyncness {
            self.mistake(token, "a closure in a procedure cannot be `async`");
        }
        if let Some(token) = &closure.constness {
            self.mistake(token, "a closure in a procedure cannot be `const`");
        }
        if let ReturnType::Type(..) = &closure.output {
            self.mistake(&closure.output, "a closure in a procedure has no return type\nhelp: leave it out");
        }
        quote!(#capture #begin #inputs #end)
    }

    pub(super) fn value(&mut self, expr: &Expr) -> TokenStream {
        self.no_attributes(attributes(expr));
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit, false),
            Expr::Unary(unary) => match (&unary.op, as_literal(expr)) {
                (_, Some((true, literal @ (Lit::Int(_) | Lit::Float(_))))) => self.literal(literal, true),
                (UnOp::Not(token), _) => {
                    if let Some(tokens) = self.not_in_rows(&unary.expr) {
                        return tokens;
                    }
                    let (span, operand) = (token.span(), self.value(&unary.expr));
                    quote_spanned!(span=> ::pipeline_dsl::expr::operator::not(#operand))
                }
                (UnOp::Neg(token), _) => {
                    let (span, operand) = (token.span(), self.value(&unary.expr));
                    quote_spanned!(span=> ::pipeline_dsl::expr::operator::neg(#operand))
                }
                (other, _) => {
                    self.unsupported(other, "this operator", "leave it out: columns and variables are copied freely")
                }
            },
            Expr::Binary(binary) => {
                if let Some((operand, function)) = compares_with_none(binary) {
                    let (span, operand) = (binary.op.span(), self.value(operand));
                    let function = Ident::new(function, span);
                    return quote_spanned!(span=> ::pipeline_dsl::expr::function::#function(#operand));
                }
                let (left, right) = (self.value(&binary.left), self.value(&binary.right));
                match operator(&binary.op) {
                    Some((span, function)) => {
                        quote_spanned!(span=> ::pipeline_dsl::expr::operator::#function(#left, #right))
                    }
                    None => self.unsupported(binary.op, "this operator", "SQL has no counterpart for it here"),
                }
            }
            Expr::Paren(inner) => {
                let value = self.value(&inner.expr);
                quote!((#value))
            }
            Expr::Group(inner) => self.value(&inner.expr),
            Expr::Path(_) if is_none(expr) => {
                self.unsupported(expr, "`None` here", "write `null::<Varchar>()`, or the type that it is to have")
            }
            Expr::Path(path) => {
                if let Some(ident) = as_path(expr).and_then(syn::Path::get_ident)
                    && let Some(used) = self.uses.get_mut(&ident.to_string())
                {
                    used.handed_on = true;
                }
                self.note_broken(expr);
                path.to_token_stream()
            }
            Expr::Field(field) => {
                let (base, dot, member) = (self.value(&field.base), field.dot_token, &field.member);
                quote!(#base #dot #member)
            }
            Expr::MethodCall(call) => {
                let receiver = self.receiver(call);
                let (dot, method, turbofish) = (call.dot_token, &call.method, &call.turbofish);
                // How many rows is a number of Rust, known while compiling.
                let plain = call.method == "limit" || call.method == "rows";
                let reads = is_reader(method);
                let argument = |argument: &Expr| match as_path(argument).and_then(syn::Path::get_ident) {
                    _ if plain => argument.to_token_stream(),
                    Some(name) if reads && self.uses.contains_key(&name.to_string()) => {
                        self.is_used(name, "filter");
                        argument.to_token_stream()
                    }
                    Some(name) if takes_target(method) && self.uses.contains_key(&name.to_string()) => {
                        self.is_used(name, "insert");
                        argument.to_token_stream()
                    }
                    _ => self.value(argument),
                };
                let arguments: Vec<_> = call.args.iter().map(argument).collect();
                let mut list = TokenStream::new();
                call.paren_token.surround(&mut list, |list| list.extend(quote!(#(#arguments),*)));
                quote!(#receiver #dot #method #turbofish #list)
            }
            Expr::Call(call) => {
                let function = &call.func;
                let name =
                    as_path(function).and_then(|path| path.segments.last()).map(|segment| segment.ident.to_string());
                // A value that is never NULL fits wherever one that may be NULL does.
                if let (Some("Some"), [value]) = (name.as_deref(), &call.args.iter().collect::<Vec<_>>()[..]) {
                    return self.value(value);
                }
                if let Some(tokens) = self.rounded(name.as_deref(), call) {
                    return tokens;
                }
                if let Some("attempt") = name.as_deref()
                    && let [Expr::Closure(tried), Expr::Closure(handler)] = &call.args.iter().collect::<Vec<_>>()[..]
                {
                    return self.attempt(function, tried, handler);
                }
                let arguments: Vec<_> = match name.as_deref() {
                    Some("transaction" | "attempt") => {
                        call.args.iter().map(|argument| self.statement_closure(argument)).collect()
                    }
                    Some("call") => self.call_arguments(&call.args),
                    // A constant of Rust, and words of the language: nothing to rewrite.
                    Some("raise" | "date" | "timestamp") => call.args.iter().map(ToTokens::to_token_stream).collect(),
                    Some("on_error") => {
                        self.mistake(function, "`on_error` is a statement: it has no value");
                        vec![]
                    }
                    _ => call.args.iter().map(|argument| self.value(argument)).collect(),
                };
                let mut list = TokenStream::new();
                call.paren_token.surround(&mut list, |list| list.extend(quote!(#(#arguments),*)));
                quote!(#function #list)
            }
            Expr::Closure(closure) => {
                let head = self.closure_head(closure);
                let outer = std::mem::replace(&mut self.in_closure, true);
                let body = self.value(&closure.body);
                self.in_closure = outer;
                quote!(#head #body)
            }
            Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => self.value_block(&block.block),
            Expr::If(branch) => self.case(branch),
            Expr::Tuple(tuple) => {
                let values: Vec<_> = tuple.elems.iter().map(|value| self.value(value)).collect();
                let mut list = TokenStream::new();
                tuple.paren_token.surround(&mut list, |list| list.extend(quote!(#(#values,)*)));
                list
            }
            Expr::Array(array) => self.array(array),
            Expr::Struct(literal) => self.row(literal),
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Assign(assign) => {
                self.unsupported(assign.eq_token, "an assignment as a value", "make it a statement")
            }
            Expr::Return(token) => {
                self.unsupported(token.return_token, "`return` here", "make it a statement of its own")
            }
            Expr::Cast(cast) => self.unsupported(cast.as_token, "`as`", "convert with `cast::<Type, _>(..)`"),
            Expr::Reference(token) => {
                self.unsupported(token.and_token, "`&`", "leave it out: columns and variables are copied freely")
            }
            Expr::Try(token) => {
                self.unsupported(token.question_token, "`?`", "an error ends a procedure by itself; see `on_error`")
            }
            Expr::Match(choice) => self.choice_value(choice),
            Expr::ForLoop(token) => self.unsupported(token.for_token, "`for` as a value", LOOP),
            Expr::While(token) => self.unsupported(token.while_token, "`while` as a value", LOOP),
            Expr::Loop(token) => self.unsupported(token.loop_token, "`loop` as a value", LOOP),
            Expr::Let(token) => self.unsupported(token.let_token, "`let` in a condition", "test with `is_null(..)`"),
            Expr::Range(range) => self.unsupported(range, "a range", "write `between(value, low, high)`"),
            Expr::Index(index) => self.unsupported(index, "indexing", "SQL has no counterpart for it here"),
            other => self.unsupported(
                other,
                "this expression",
                "write it with columns, variables, literals and SQL functions",
            ),
        }
    }

    /// `call(procedure, (values, ..))`
    fn call_arguments(&mut self, arguments: &Punctuated<Expr, Token![,]>) -> Vec<TokenStream> {
        let mut rewritten = vec![];
        for (index, argument) in arguments.iter().enumerate() {
            let Some(path) = as_path(argument).filter(|_| index == 0) else {
                if index == 0 {
                    self.mistake(argument, "expected the name of a procedure: `call(sp_load, (day,))`");
                }
                rewritten.push(self.value(argument));
                continue;
            };
            let text = path.to_token_stream().to_string();
            if self.calls.iter().all(|known| known.to_token_stream().to_string() != text) {
                self.calls.push(path.clone());
            }
            rewritten.push(path.to_token_stream());
        }
        rewritten
    }

    /// Leaves the statement out if the expression is a name that could not be declared.
    fn note_broken(&mut self, expr: &Expr) {
        let broken =
            as_path(expr).and_then(syn::Path::get_ident).is_some_and(|ident| self.broken.contains(&ident.to_string()));
        self.mistakes += usize::from(broken);
    }

    /// Remembers that a parameter is used as if the method was called on it.
    fn is_used(&mut self, parameter: &Ident, method: &str) {
        if let Some(used) = self.uses.get_mut(&parameter.to_string()) {
            used.methods.push(String::from(method));
        }
    }

    pub(super) fn unsupported(&mut self, at: impl ToTokens, what: &str, help: &str) -> TokenStream {
        self.mistake(at, format!("{what} is not available in a procedure or view\nhelp: {help}"));
        TokenStream::new()
    }

    /// What a method is called on; remembers which methods are called on a parameter.
    fn receiver(&mut self, call: &syn::ExprMethodCall) -> TokenStream {
        let mut root = &*call.receiver;
        while let Expr::MethodCall(inner) = root {
            root = &inner.receiver;
        }
        if let Some(ident) = as_path(root).and_then(syn::Path::get_ident)
            && let Some(used) = self.uses.get_mut(&ident.to_string())
        {
            used.methods.push(call.method.to_string());
        }
        match as_path(&call.receiver) {
            // Not `value`, which would take it for handed on.
            Some(path) => {
                self.note_broken(&call.receiver);
                path.to_token_stream()
            }
            None => self.value(&call.receiver),
        }
    }

    /// A block with a value: only names for expressions may stand before it.
    pub(super) fn value_block(&mut self, block: &Block) -> TokenStream {
        let mut out = TokenStream::new();
        let last = block.stmts.len().saturating_sub(1);
        for (index, statement) in block.stmts.iter().enumerate() {
            match statement {
                Stmt::Local(local) if local.init.as_ref().is_some_and(|init| init.diverge.is_none()) => {
                    self.no_attributes(&local.attrs);
                    let pat = &local.pat;
                    let value = local.init.as_ref().map(|init| self.value(&init.expr));
                    out.extend(match pat {
                        // So that a query is called what the program calls it.
                        syn::Pat::Ident(name) => {
                            let text = name.ident.unraw().to_string();
                            quote!(let #pat = { use ::pipeline_dsl::query::Named as _; (#value).named(#text) };)
                        }
                        _ => quote!(let #pat = #value;),
                    });
                }
                Stmt::Expr(expr, None) if index == last => out.extend(self.value(expr)),
                Stmt::Macro(call) if index == last && call.semi_token.is_none() => {
                    out.extend(self.macro_call(&call.mac))
                }
                other => self.mistake(
                    other,
                    "a value cannot contain statements\nhelp: do it before, or assign to a variable with `let mut`",
                ),
            }
        }
        if !matches!(block.stmts.last(), Some(Stmt::Expr(_, None) | Stmt::Macro(_))) {
            self.mistake_span(block.brace_token.span.close(), "expected a value before the end of the block");
        }
        quote!({ #out })
    }

    /// `if` as a value.
    fn case(&mut self, branch: &ExprIf) -> TokenStream {
        let condition = self.condition(&branch.cond);
        let yes = self.value_block(&branch.then_branch);
        let Some((_, otherwise)) = &branch.else_branch else {
            return self.unsupported(branch.if_token, "`if` without `else` as a value", "add `else { .. }`");
        };
        let no = self.value(otherwise);
        let span = branch.if_token.span();
        quote_spanned!(span=> ::pipeline_dsl::expr::function::iff(#condition, #yes, #no))
    }
}
