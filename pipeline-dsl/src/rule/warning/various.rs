use crate::node::Node;
use crate::object::{Definition, ExecuteAs, Provider};

/// Whether `warehouse-never-suspends` applies.
#[doc(hidden)]
pub const fn warehouse_never_suspends(node: &Node) -> bool {
    matches!(&node.definition, Definition::Warehouse(def) if def.auto_suspend_seconds == 0)
}

/// Whether `warehouse-auto-suspend` applies.
#[doc(hidden)]
pub const fn warehouse_auto_suspend(node: &Node) -> bool {
    matches!(&node.definition, Definition::Warehouse(def) if !def.auto_suspend_seconds.is_multiple_of(30))
}

/// Whether `quoted-name` applies.
#[doc(hidden)]
pub const fn quoted_name(node: &Node) -> bool {
    let bytes = node.name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_lowercase() {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether `webhook-content-type` applies.
#[doc(hidden)]
pub const fn webhook_content_type(node: &Node) -> bool {
    if let Definition::NotificationIntegration(integration) = &node.definition
        && let Provider::Webhook { body_template: Some(_), headers, .. } = integration.provider
    {
        let mut at = 0;
        while at < headers.len() {
            if headers[at].0.eq_ignore_ascii_case("content-type") {
                return false;
            }
            at += 1;
        }
        return true;
    }
    false
}

/// Whether `call-rights` applies.
#[doc(hidden)]
pub const fn call_rights(node: &Node) -> bool {
    let Definition::Procedure(procedure) = &node.definition else { return false };
    let mut at = 0;
    while at < procedure.calls.len() {
        if let Definition::Procedure(called) = &procedure.calls[at].get().definition
            && matches!((procedure.execute_as, called.execute_as), (ExecuteAs::Owner, ExecuteAs::Caller))
        {
            return true;
        }
        at += 1;
    }
    false
}
