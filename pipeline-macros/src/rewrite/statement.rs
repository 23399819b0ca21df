//! Statements of a procedure.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Block, Expr, ExprIf, Local, Pat, PatIdent, Stmt};

use super::{Rewriter, Tail, first};
use crate::options::{as_call, as_literal, as_path};

/// Whether every path through the statements ends with a value.
pub(super) fn always_returns(statements: &[Stmt]) -> bool {
    match statements.last() {
        Some(Stmt::Expr(Expr::If(branch), _)) => branch_returns(branch),
        Some(Stmt::Expr(Expr::Match(choice), _)) => choice.arms.iter().all(|arm| match &*arm.body {
            Expr::Block(block) => always_returns(&block.block.stmts),
            _ => true,
        }),
        Some(Stmt::Expr(Expr::While(_) | Expr::ForLoop(_) | Expr::Loop(_), _)) => false,
        Some(Stmt::Expr(expr, _)) if is_raise(expr) => true,
        Some(Stmt::Expr(Expr::Return(_), _)) | Some(Stmt::Expr(_, None)) => true,
        Some(Stmt::Macro(last)) => last.semi_token.is_none(),
        _ => false,
    }
}

/// Whether the expression is `raise(..)`, which nothing comes after.
fn is_raise(expr: &Expr) -> bool {
    as_call(expr).is_some_and(|(path, _)| path.segments.last().is_some_and(|segment| segment.ident == "raise"))
}

fn branch_returns(branch: &ExprIf) -> bool {
    let otherwise = match branch.else_branch.as_ref().map(|(_, otherwise)| &**otherwise) {
        Some(Expr::If(branch)) => branch_returns(branch),
        Some(Expr::Block(block)) => always_returns(&block.block.stmts),
        _ => false,
    };
    otherwise && always_returns(&branch.then_branch.stmts)
}

impl Rewriter<'_> {
    pub(super) fn statements(&mut self, statements: &[Stmt], tail: Tail, top: bool) -> TokenStream {
        let last = statements.len().saturating_sub(1);
        let mut out = TokenStream::new();
        for (index, statement) in statements.iter().enumerate() {
            let before = self.mistakes;
            let tokens = match statement {
                Stmt::Local(local) => self.local(local),
                Stmt::Expr(expr, None) if index == last => self.tail(expr, tail, top),
                Stmt::Expr(expr, _) => self.statement(expr, top),
                Stmt::Macro(call) if index == last && call.semi_token.is_none() => {
                    let expr = Expr::Macro(syn::ExprMacro { attrs: call.attrs.clone(), mac: call.mac.clone() });
                    self.tail(&expr, tail, top)
                }
                Stmt::Macro(call) => {
                    self.mistake(&call.mac.path, "this macro does nothing in a procedure");
                    continue;
                }
                Stmt::Item(item @ (syn::Item::Const(_) | syn::Item::Use(_))) => item.to_token_stream(),
                Stmt::Item(item) => {
                    self.mistake(item, "only `const` and `use` items can stand in a procedure");
                    continue;
                }
            };
            if self.mistakes == before {
                out.extend(tokens);
            } else if let Stmt::Local(local) = statement {
                let pat = match &local.pat {
                    Pat::Type(typed) => &*typed.pat,
                    other => other,
                };
                self.broken.extend(names(pat).unwrap_or_default().iter().map(|name| name.ident.to_string()));
            }
        }
        out
    }

    pub(super) fn tail(&mut self, expr: &Expr, tail: Tail, top: bool) -> TokenStream {
        match (tail, expr) {
            (_, Expr::Return(_) | Expr::Assign(_) | Expr::While(_) | Expr::Loop(_) | Expr::ForLoop(_))
            | (_, Expr::Break(_) | Expr::Continue(_))
            | (Tail::Return, Expr::If(_) | Expr::Block(_) | Expr::Match(_)) => {
                self.statement_with_tail(expr, tail, top)
            }
            (Tail::Return, _) if is_raise(expr) => self.statement(expr, top),
            (Tail::Return, _) => self.result(expr),
            // `if` without `else` has no value, nor has one whose branches end with `;`.
            (Tail::Value, Expr::If(branch))
                if branch.else_branch.is_none() || ends_with_statement(&branch.then_branch) =>
            {
                self.statement_with_tail(expr, tail, top)
            }
            (Tail::Value, Expr::Match(choice)) if choice.arms.iter().any(|arm| is_statement(&arm.body)) => {
                self.statement_with_tail(expr, tail, top)
            }
            (Tail::Value, Expr::Block(block)) => {
                let statements = self.statements(&block.block.stmts, tail, false);
                quote!({ #statements })
            }
            (Tail::Value, _) => self.value(expr),
        }
    }

    /// `return expr`, or the last expression of the procedure.
    fn result(&mut self, expr: &Expr) -> TokenStream {
        let value = self.value(expr);
        quote_spanned!(first(expr)=> ::pipeline_dsl::body::ret::<__Returns, _>(#value);)
    }

    fn statement(&mut self, expr: &Expr, top: bool) -> TokenStream {
        self.statement_with_tail(expr, Tail::Value, top)
    }

    fn statement_with_tail(&mut self, expr: &Expr, tail: Tail, top: bool) -> TokenStream {
        if matches!(expr, Expr::If(_) | Expr::Return(_) | Expr::Assign(_) | Expr::Block(_)) {
            self.no_attributes(super::expression::attributes(expr));
        }
        match expr {
            Expr::If(branch) => self.branch(branch, tail),
            Expr::Return(statement) => match (&statement.expr, self.in_closure) {
                (_, true) => {
                    let message = "`return` cannot leave a transaction or an error handler\nhelp: return after it: the \
                                   value of the closure is the value of `transaction(..)`";
                    self.mistake(statement.return_token, message);
                    TokenStream::new()
                }
                (None, _) => {
                    self.mistake(statement.return_token, "a procedure returns a value: write `return value;`");
                    TokenStream::new()
                }
                (Some(value), false) => self.result(value),
            },
            Expr::Assign(assign) => self.assign(&assign.left, &assign.right, None),
            Expr::Binary(binary) if super::expression::compound(&binary.op).is_some() => {
                self.assign(&binary.left, &binary.right, Some(&binary.op))
            }
            Expr::Match(choice) => self.choice(choice, tail),
            Expr::While(repeat) => {
                self.no_attributes(&repeat.attrs);
                let condition = self.condition(&repeat.cond);
                let begin = quote_spanned!(first(&repeat.cond)=> ::pipeline_dsl::body::begin_while(#condition));
                self.repeat(&quote!(let __loop = #begin;), repeat.label.as_ref(), &repeat.body)
            }
            Expr::Loop(repeat) => {
                self.no_attributes(&repeat.attrs);
                let begin = quote!(let __loop = ::pipeline_dsl::body::begin_loop(););
                self.repeat(&begin, repeat.label.as_ref(), &repeat.body)
            }
            Expr::ForLoop(repeat) => self.for_loop(repeat),
            Expr::Break(end) => {
                if let Some(value) = &end.expr {
                    self.mistake(value, "a loop of a procedure has no value\nhelp: assign it to a variable first");
                }
                self.loop_end(&end.break_token, "break", end.label.as_ref())
            }
            Expr::Continue(next) => self.loop_end(&next.continue_token, "continue", next.label.as_ref()),
            Expr::Block(block) if block.label.is_none() => {
                let statements = self.statements(&block.block.stmts, tail, false);
                quote!({ #statements })
            }
            Expr::Call(_)
                if as_call(expr)
                    .is_some_and(|(path, _)| path.segments.last().is_some_and(|s| s.ident == "on_error")) =>
            {
                self.on_error(expr, top)
            }
            _ => {
                let value = self.value(expr);
                quote!(#value;)
            }
        }
    }

    /// `match` as a statement: one `if` after the other.
    fn choice(&mut self, choice: &syn::ExprMatch, tail: Tail) -> TokenStream {
        self.no_attributes(&choice.attrs);
        let Some(arms) = self.arms(choice) else { return TokenStream::new() };
        let value = self.value(&choice.expr);
        let count = arms.len();
        let mut out = TokenStream::new();
        for (index, (condition, body)) in arms.into_iter().enumerate() {
            let last = index + 1 == count;
            let statements = match body {
                Expr::Block(block) if block.label.is_none() => self.statements(&block.block.stmts, tail, false),
                single => self.tail(single, tail, false),
            };
            match condition.filter(|_| !last) {
                Some(condition) => {
                    out.extend(quote! {
                        let __branch = ::pipeline_dsl::body::begin_if(#condition);
                        { #statements }
                        __branches.push(__branch.otherwise());
                    });
                }
                None => out.extend(quote!({ #statements })),
            }
        }
        // The innermost branch ends first.
        quote! {
            {
                let __value = ::pipeline_dsl::body::bind(
                    &[::pipeline_dsl::body::Name { text: "matched", mutable: false }],
                    #value,
                );
                let mut __branches = ::std::vec![];
                #out
                while let ::core::option::Option::Some(__branch) = __branches.pop() {
                    ::pipeline_dsl::body::Branch::end(__branch);
                }
            }
        }
    }

    fn branch(&mut self, branch: &ExprIf, tail: Tail) -> TokenStream {
        let condition = self.condition(&branch.cond);
        let then = self.statements(&branch.then_branch.stmts, tail, false);
        let begin = quote_spanned!(first(&branch.cond)=> ::pipeline_dsl::body::begin_if(#condition));
        let otherwise = match branch.else_branch.as_ref().map(|(_, otherwise)| &**otherwise) {
            None => None,
            Some(Expr::If(branch)) => Some(self.branch(branch, tail)),
            Some(Expr::Block(block)) => Some(self.statements(&block.block.stmts, tail, false)),
            Some(other) => {
                self.mistake(other, "expected a block or `if` after `else`");
                None
            }
        };
        let otherwise = otherwise.map(|otherwise| {
            quote! {
                let __branch = __branch.otherwise();
                { #otherwise }
            }
        });
        quote! {
            {
                let __branch = #begin;
                { #then }
                #otherwise
                __branch.end();
            }
        }
    }

    pub(super) fn condition(&mut self, condition: &Expr) -> TokenStream {
        if let Expr::Let(condition) = condition {
            let message = "`if let` is not available in a procedure\nhelp: test for NULL with `is_null(..)`";
            self.mistake(condition.let_token, message);
            return TokenStream::new();
        }
        self.value(condition)
    }

    fn assign(&mut self, target: &Expr, value: &Expr, operator: Option<&syn::BinOp>) -> TokenStream {
        let Some(name) = as_path(target).and_then(syn::Path::get_ident) else {
            self.mistake(
                target,
                "only a variable can be assigned to\nhelp: write columns with `insert`, `update` or `merge`",
            );
            return TokenStream::new();
        };
        let mut new = self.value(value);
        if let Some((span, function)) = operator.and_then(super::expression::compound) {
            new = quote_spanned!(span=> ::pipeline_dsl::expr::operator::#function(#name, #new));
        }
        quote_spanned!(first(value)=> ::pipeline_dsl::body::assign(#new, &mut #name);)
    }

    fn local(&mut self, local: &Local) -> TokenStream {
        self.no_attributes(&local.attrs);
        let Some(init) = &local.init else {
            self.mistake(local, "a variable of a procedure needs a value: write `let name = value;`");
            return TokenStream::new();
        };
        if let Some((otherwise, _)) = &init.diverge {
            self.mistake(otherwise, "`let .. else` is not available in a procedure");
        }
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&typed.ty)),
            other => (other, None),
        };
        let value = self.value(&init.expr);
        if matches!(pat, Pat::Wild(_)) {
            return quote!(let _ = #value;);
        }
        let Some(names) = names(pat) else {
            self.mistake(pat, "expected a name or a tuple of names");
            return TokenStream::new();
        };
        let entries = names.iter().map(|name| {
            let (text, mutable) = (name.ident.unraw().to_string(), name.mutability.is_some());
            quote!(::pipeline_dsl::body::Name { text: #text, mutable: #mutable })
        });
        let entries = quote!(&[#(#entries),*]);
        let span = first(&init.expr);
        match ty {
            None => {
                // What is to take other values, or is a number without a type, gets room for them.
                let wide = names.iter().any(|name| name.mutability.is_some()) || as_literal(&init.expr).is_some();
                let bind = format_ident!("{}", if wide { "bind_widened" } else { "bind" });
                quote_spanned!(span=> let #pat = ::pipeline_dsl::body::#bind(#entries, #value);)
            }
            Some(ty) if names.len() == 1 => {
                quote_spanned!(span=> let #pat = ::pipeline_dsl::body::bind_as::<#ty, _>(#entries, #value);)
            }
            Some(ty) => {
                self.mistake(ty, "give the types of a tuple's variables one by one, or none");
                TokenStream::new()
            }
        }
    }
}

/// Whether an arm of `match` does something rather than being a value.
fn is_statement(body: &Expr) -> bool {
    match body {
        Expr::Block(block) => ends_with_statement(&block.block),
        other => matches!(
            other,
            Expr::Assign(_) | Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::While(_) | Expr::Loop(_)
        ),
    }
}

fn ends_with_statement(block: &Block) -> bool {
    match block.stmts.last() {
        None => true,
        Some(Stmt::Expr(Expr::Assign(_) | Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _)) => true,
        Some(Stmt::Expr(Expr::While(_) | Expr::Loop(_) | Expr::ForLoop(_), _)) => true,
        Some(Stmt::Expr(Expr::If(branch), None)) => {
            branch.else_branch.is_none() || ends_with_statement(&branch.then_branch)
        }
        Some(Stmt::Expr(_, semi)) => semi.is_some(),
        Some(Stmt::Macro(call)) => call.semi_token.is_some(),
        Some(_) => true,
    }
}

/// The names of `a`, `mut a` and `(a, b)`.
pub(super) fn names(pat: &Pat) -> Option<Vec<&PatIdent>> {
    match pat {
        Pat::Tuple(tuple) => tuple.elems.iter().map(simple).collect(),
        other => simple(other).map(|name| vec![name]),
    }
}

pub(super) fn simple(pat: &Pat) -> Option<&PatIdent> {
    match pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name),
        _ => None,
    }
}
