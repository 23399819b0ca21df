//! `#[notification_integration(aws_sns(topic_arn = .., role_arn = ..))]` and the other providers.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{LitStr, Token};

use crate::errors::{Errors, rule};
use crate::node::{Node, option};
use crate::options::{Entry, Options, Value, mistake};
use crate::unit::Unit;

/// The providers, and how each is written.
const PROVIDERS: [(&str, &str); 5] = [
    ("aws_sns", "aws_sns(topic_arn = \"arn:aws:sns:..\", role_arn = \"arn:aws:iam::..\")"),
    ("gcp_pubsub", "gcp_pubsub(topic_name = \"projects/<project>/topics/<topic>\")"),
    ("azure_event_grid", "azure_event_grid(topic_endpoint = \"https://..\", tenant_id = \"..\")"),
    ("email", "email(allowed_recipients(\"name@example.com\"))"),
    ("webhook", "webhook(url = \"https://..\")"),
];

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("notification_integration", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { options, errors, item, .. } = &mut unit;
    let enabled = options.flag("enabled", errors).unwrap_or(true);
    let mut entries: Vec<_> =
        PROVIDERS.iter().filter_map(|(key, form)| Some((*key, *form, options.take(key)?))).collect();
    let mut warned = None;
    let provider = match entries.len() {
        0 => {
            let help = format!("write one of {}", PROVIDERS.map(|(_, form)| format!("`{form}`")).join(", "));
            errors.at(&item.ident, rule("an integration needs a provider", "integration-provider", &help));
            None
        }
        1 => entries.pop().and_then(|(key, form, entry)| {
            if key == "webhook" {
                warned = Some(entry.key.span());
            }
            Provider { key, form, errors }.read(entry)
        }),
        _ => {
            let message = "an integration has one provider";
            errors.at(&entries[1].2.key, rule(message, "integration-provider", "declare an integration for each"));
            None
        }
    };
    // One stands in where there was a mistake, so that the tasks that name the integration are not reported too.
    let provider = provider.unwrap_or_else(|| quote!(AwsSns { topic_arn: "", role_arn: "" }));
    let ident = &unit.item.ident;
    let node = Node {
        ident,
        kind: "NotificationIntegration",
        name: &unit.name,
        parent: option(None),
        comment: &unit.comment,
        external: unit.external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::NotificationIntegration(
                ::pipeline_dsl::object::NotificationIntegrationDef {
                    enabled: #enabled,
                    provider: ::pipeline_dsl::object::Provider::#provider,
                },
            )
        },
    };
    let warning = warned.map(|span| unit.more.warn("WebhookContentType", ident, span));
    let generated = [node.expand(&unit.more), node.marker()].into_iter().chain(warning).collect();
    unit.finish("notification_integration", generated)
}

struct Provider<'a> {
    key: &'static str,
    form: &'static str,
    errors: &'a mut Errors,
}

impl Provider<'_> {
    /// A variant of `Provider`.
    fn read(&mut self, entry: Entry) -> Option<TokenStream> {
        let Value::List(list) = entry.value else {
            let message = format!("`{}` has its options in parentheses", self.key);
            self.errors.at(&entry.key, rule(&message, "option-value", &format!("write `{}`", self.form)));
            return None;
        };
        let mut inner = Options::parse(list, entry.key.span(), self.errors);
        let tokens = match self.key {
            "aws_sns" => {
                let topic = self.required("topic_arn", "topic_arn", &entry.key, &mut inner);
                let role = self.required("role_arn", "role_arn", &entry.key, &mut inner);
                topic.zip(role).map(|(topic, role)| quote!(AwsSns { topic_arn: #topic, role_arn: #role }))
            }
            "gcp_pubsub" => self
                .required("topic_name", "gcp_topic_name", &entry.key, &mut inner)
                .map(|topic| quote!(GcpPubsub { topic_name: #topic })),
            "azure_event_grid" => {
                let endpoint = self.required("topic_endpoint", "azure_topic_endpoint", &entry.key, &mut inner);
                let tenant = self.required("tenant_id", "azure_tenant_id", &entry.key, &mut inner);
                endpoint
                    .zip(tenant)
                    .map(|(endpoint, tenant)| quote!(AzureEventGrid { topic_endpoint: #endpoint, tenant_id: #tenant }))
            }
            "email" => Some(self.email(&mut inner)),
            _ => self.webhook(&entry.key, &mut inner),
        };
        inner.finish(&format!("notification_integration({}(..))", self.key), self.errors);
        tokens
    }

    /// A text that may not be missing, checked by a function of `pipeline_dsl::rule::value`.
    fn required(
        &mut self,
        key: &'static str,
        function: &str,
        at: &syn::Ident,
        inner: &mut Options,
    ) -> Option<TokenStream> {
        let missing = !inner.has(key);
        let text = inner.text(key, self.errors);
        if missing {
            let help = format!("write `{}`", self.form);
            self.errors.at(at, rule(&format!("option `{key}` is missing"), "option-missing", &help));
        }
        text.map(|text| checked(&text, function))
    }

    fn email(&mut self, inner: &mut Options) -> TokenStream {
        let allowed = inner.texts("allowed_recipients", self.errors);
        let default = inner.texts("default_recipients", self.errors);
        if allowed.len() > 50 {
            let message = format!("{} recipients are allowed, but Snowflake allows 50", allowed.len());
            self.errors.at(&allowed[50], rule(&message, "email-recipients", "send to a list"));
        }
        for recipient in &default {
            if !allowed.is_empty() && !allowed.iter().any(|known| known.value() == recipient.value()) {
                let message = format!("`{}` is not among the allowed recipients", recipient.value());
                let help = "add the address to `allowed_recipients`";
                self.errors.at(recipient, rule(&message, "email-recipients", help));
            }
        }
        let allowed: Vec<_> = allowed.iter().map(|text| checked(text, "email_address")).collect();
        // Those that are allowed too have been checked.
        let default: Vec<_> = if allowed.is_empty() {
            default.iter().map(|text| checked(text, "email_address")).collect()
        } else {
            default.iter().map(|text| quote!(#text)).collect()
        };
        let subject = option(inner.text("default_subject", self.errors).map(|text| checked(&text, "email_subject")));
        quote! {
            Email {
                allowed_recipients: &[#(#allowed),*],
                default_recipients: &[#(#default),*],
                default_subject: #subject,
            }
        }
    }

    fn webhook(&mut self, at: &syn::Ident, inner: &mut Options) -> Option<TokenStream> {
        let url = self.required("url", "webhook_url", at, inner);
        let secret = option(inner.text("secret", self.errors).map(|text| quote!(#text)));
        let body = option(inner.text("body_template", self.errors).map(|text| quote!(#text)));
        let mut headers = Vec::new();
        if let Some(entry) = inner.take("headers") {
            let parsed = match &entry.value {
                Value::List(list) => Punctuated::<Header, Token![,]>::parse_terminated.parse2(list.clone()).ok(),
                _ => None,
            };
            match parsed {
                Some(list) => headers.extend(list.into_iter().map(|Header(name, value)| quote!((#name, #value)))),
                None => {
                    self.errors.at(&entry, mistake("expected headers: `headers(\"Content-Type\" = \"text/plain\")`"));
                }
            }
        }
        url.map(|url| quote!(Webhook { url: #url, secret: #secret, body_template: #body, headers: &[#(#headers),*] }))
    }
}

struct Header(LitStr, LitStr);

impl syn::parse::Parse for Header {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self(name, input.parse()?))
    }
}

/// A text with the check of a rule about single values.
fn checked(text: &LitStr, function: &str) -> TokenStream {
    let function = format_ident!("{function}");
    quote_spanned!(text.span()=> ::pipeline_dsl::__private::checked(#text, ::pipeline_dsl::rule::value::#function(#text)))
}
