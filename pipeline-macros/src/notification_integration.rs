//! `#[notification_integration(aws_sns(topic_arn = .., role_arn = ..))]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::node::{Node, option};
use crate::options::{Options, Value};
use crate::unit::Unit;

const HELP: &str =
    "write `#[notification_integration(aws_sns(topic_arn = \"arn:aws:sns:..\", role_arn = \"arn:aws:iam::..\"))]`";

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("notification_integration", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { options, errors, item, .. } = &mut unit;
    let enabled = options.flag("enabled", errors).unwrap_or(true);
    let provider = match options.take("aws_sns") {
        Some(entry) => match entry.value {
            Value::List(list) => {
                let mut inner = Options::parse(list, entry.key.span(), errors);
                let mut arn = |key: &'static str| {
                    let arn = inner.text(key, errors);
                    if arn.is_none() {
                        errors.at(&entry.key, format!("option `{key}` is missing\nhelp: {HELP}"));
                    }
                    arn
                };
                let arns = arn("topic_arn").zip(arn("role_arn"));
                inner.finish("notification_integration(aws_sns(..))", errors);
                arns
            }
            _ => {
                errors.at(&entry.key, format!("`aws_sns` has its options in parentheses\nhelp: {HELP}"));
                None
            }
        },
        None => {
            errors.at(&item.ident, format!("option `aws_sns` is missing\nhelp: {HELP}"));
            None
        }
    };
    let generated = provider.map(|(topic, role)| {
        let topic = quote_spanned!(topic.span()=> ::pipeline_dsl::__private::check_topic_arn(#topic));
        let role = quote_spanned!(role.span()=> ::pipeline_dsl::__private::check_role_arn(#role));
        let node = Node {
            ident: &unit.item.ident,
            kind: "NotificationIntegration",
            name: &unit.name,
            parent: option(None),
            comment: &unit.comment,
            external: unit.external,
            definition: quote! {
                ::pipeline_dsl::object::Definition::NotificationIntegration(
                    ::pipeline_dsl::object::NotificationIntegrationDef {
                        enabled: #enabled,
                        provider: ::pipeline_dsl::object::Provider::AwsSns { topic_arn: #topic, role_arn: #role },
                    },
                )
            },
        };
        [node.expand(), node.marker()].into_iter().collect()
    });
    unit.finish("notification_integration", generated.unwrap_or_default())
}
