use super::def::{ColumnDef, TableDef};
use super::*;
use crate::types::SqlType;

fn catalog() -> Catalog {
    Catalog::open(Arc::new(Store::temporary().unwrap()), Clock::manual(1_000_000)).unwrap()
}

fn database(catalog: &Catalog, name: &str) -> (Object, Object) {
    let database = NewObject::new(Kind::Database, None, name, role::SYSADMIN, &def::DatabaseDef::default()).unwrap();
    let database = catalog.create(database).unwrap();
    let schema = catalog.find(Kind::Schema, Some(database.id), "PUBLIC", "").unwrap().unwrap();
    (database, schema)
}

fn table(name: &str, schema: &Object) -> NewObject {
    let def = TableDef::new(vec![ColumnDef::new("A", SqlType::INTEGER)]);
    NewObject::new(Kind::Table, Some(schema.id), name, role::SYSADMIN, &def).unwrap()
}

#[test]
fn a_new_account_has_the_role_hierarchy() {
    let catalog = catalog();
    for (name, inherits) in [
        (role::ACCOUNTADMIN, "ACCOUNTADMIN PUBLIC SECURITYADMIN SYSADMIN USERADMIN"),
        (role::SECURITYADMIN, "PUBLIC SECURITYADMIN USERADMIN"),
        (role::SYSADMIN, "PUBLIC SYSADMIN"),
        (role::PUBLIC, "PUBLIC"),
    ] {
        let closure = catalog.role_closure(name).unwrap();
        assert_eq!(closure.iter().cloned().collect::<Vec<_>>().join(" "), inherits);
    }
    let error = catalog.grant_role("ACCOUNTADMIN", &Member::Role("USERADMIN".into()), "ACCOUNTADMIN").unwrap_err();
    assert!(error.message.contains("cannot inherit from itself"), "{error}");
    let admin = catalog.role_closure("ACCOUNTADMIN").unwrap();
    for privilege in ["CREATE DATABASE", "MANAGE GRANTS", "EXECUTE TASK", "CREATE USER"] {
        assert!(catalog.has_privilege(&admin, privilege, Target::Account).unwrap(), "{privilege}");
    }
    let public = catalog.role_closure("PUBLIC").unwrap();
    assert!(!catalog.has_privilege(&public, "CREATE DATABASE", Target::Account).unwrap());
    let role = catalog.find(Kind::Role, None, "SYSADMIN", "").unwrap().unwrap();
    assert!(catalog.drop(role.id).is_err());
}

#[test]
fn relations_share_their_names_and_full_names_are_quoted() {
    let catalog = catalog();
    let (_, schema) = database(&catalog, "my db");
    let created = catalog.create(table("T", &schema)).unwrap();
    assert_eq!(catalog.full_name(&created).unwrap(), "\"my db\".PUBLIC.T");
    let view = NewObject::new(Kind::View, Some(schema.id), "T", "R", &def::ViewDef::default()).unwrap();
    let error = catalog.create(view.clone()).unwrap_err();
    assert_eq!(error.code, 2002);
    assert!(error.message.contains("Object '\"my db\".PUBLIC.T' already exists."), "{error}");
    assert!(catalog.create_or_replace(view, false).unwrap_err().message.contains("already exists as TABLE"));
    assert!(catalog.find(Kind::View, Some(schema.id), "T", "").unwrap().is_none());
    assert_eq!(catalog.find_relation(schema.id, "T", 7).unwrap(), Some(created.clone()));

    let temporary = catalog.create(table("T", &schema).session(7)).unwrap();
    assert_eq!(catalog.find_relation(schema.id, "T", 7).unwrap(), Some(temporary));
    assert_eq!(catalog.find_relation(schema.id, "T", 8).unwrap(), Some(created.clone()));
    catalog.end_session(7).unwrap();
    assert_eq!(catalog.find_relation(schema.id, "T", 7).unwrap(), Some(created));
}

#[test]
fn drop_takes_what_is_inside_and_undrop_brings_it_back() {
    let catalog = catalog();
    let (base, schema) = database(&catalog, "D");
    let kept = catalog.create(table("KEPT", &schema)).unwrap();
    let dropped_before = catalog.create(table("GONE", &schema)).unwrap();
    catalog.drop(dropped_before.id).unwrap();
    catalog.drop(base.id).unwrap();
    assert!(catalog.database("D").unwrap().is_none());
    assert!(catalog.by_id(kept.id).unwrap().is_none());
    assert_eq!(catalog.undrop(Kind::Database, None, "D").unwrap().id, base.id);
    assert_eq!(catalog.list(Kind::Table, Some(schema.id)).unwrap(), vec![kept.clone()]);
    assert_eq!(catalog.undrop(Kind::Table, Some(schema.id), "GONE").unwrap().id, dropped_before.id);
    assert_eq!(catalog.undrop(Kind::Table, Some(schema.id), "GONE").unwrap_err().code, 2002);
    assert_eq!(catalog.undrop(Kind::Table, Some(schema.id), "NEVER").unwrap_err().code, 2003);

    catalog.drop(kept.id).unwrap();
    let temporary = catalog.create(table("TEMPORARY", &schema).session(3)).unwrap();
    catalog.end_session(3).unwrap();
    assert_eq!(catalog.purge(|_, _| Ok(false)).unwrap(), vec![temporary.id]);
    assert!(catalog.purge(|_, at| Ok(at < catalog.clock.now())).unwrap().is_empty(), "nothing was dropped before now");
    assert_eq!(catalog.purge(|_, at| Ok(at <= catalog.clock.now())).unwrap(), vec![kept.id]);
    assert!(catalog.undrop(Kind::Table, Some(schema.id), "KEPT").is_err());
}

#[test]
fn rename_swap_and_replace() {
    let catalog = catalog();
    let (_, schema) = database(&catalog, "D");
    let one = catalog.create(table("ONE", &schema)).unwrap();
    let two = catalog.create(table("TWO", &schema)).unwrap();
    assert_eq!(catalog.rename(one.id, None, "TWO").unwrap_err().code, 2002);
    catalog.swap(one.id, two.id).unwrap();
    assert_eq!(catalog.find_relation(schema.id, "ONE", 0).unwrap().unwrap().id, two.id);
    catalog.rename(one.id, None, "THREE").unwrap();
    assert_eq!(catalog.by_id(one.id).unwrap().unwrap().name, "THREE");

    let grant = Grant {
        privilege: "SELECT".into(),
        on: Target::Object(one.id),
        role: "PUBLIC".into(),
        grantor: "SYSADMIN".into(),
        grant_option: false,
        granted_at: 0,
    };
    assert!(catalog.grant(&grant).unwrap());
    assert!(!catalog.grant(&grant).unwrap());
    let public = catalog.role_closure("PUBLIC").unwrap();
    let replaced = catalog.create_or_replace(table("THREE", &schema), true).unwrap();
    assert_ne!(replaced.id, one.id);
    assert!(catalog.has_privilege(&public, "SELECT", Target::Object(replaced.id)).unwrap());
    let replaced = catalog.create_or_replace(table("THREE", &schema), false).unwrap();
    assert!(!catalog.has_privilege(&public, "SELECT", Target::Object(replaced.id)).unwrap());
}

#[test]
fn future_grants_of_the_schema_hide_those_of_the_database() {
    let catalog = catalog();
    let (base, schema) = database(&catalog, "D");
    let future = |container, privilege: &str| Grant {
        privilege: privilege.into(),
        on: Target::Future { container, kind: Kind::Table },
        role: "PUBLIC".into(),
        grantor: "SYSADMIN".into(),
        grant_option: false,
        granted_at: 0,
    };
    catalog.grant(&future(base.id, "DELETE")).unwrap();
    let held = |object: &Object| {
        let grants = catalog.grants_on(Target::Object(object.id)).unwrap();
        grants.into_iter().map(|grant| grant.privilege).collect::<Vec<_>>()
    };
    assert_eq!(held(&catalog.create(table("A", &schema)).unwrap()), ["DELETE"]);
    catalog.grant(&future(schema.id, "SELECT")).unwrap();
    assert_eq!(held(&catalog.create(table("B", &schema)).unwrap()), ["SELECT"]);
    catalog.grant(&future(schema.id, "OWNERSHIP")).unwrap();
    assert_eq!(catalog.create(table("C", &schema)).unwrap().owner, "PUBLIC");
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let catalog = catalog();
    let before = catalog.grants_to("PUBLIC").unwrap();
    let (_, schema) = database(&catalog, "D");
    let failed: Result<()> = catalog.transaction(|catalog| {
        let created = catalog.create(table("T", &schema))?;
        catalog.grant(&Grant {
            privilege: "SELECT".into(),
            on: Target::Object(created.id),
            role: "PUBLIC".into(),
            grantor: "SYSADMIN".into(),
            grant_option: false,
            granted_at: 0,
        })?;
        assert!(catalog.has_privilege(&*catalog.role_closure("PUBLIC")?, "SELECT", Target::Object(created.id))?);
        catalog.create(table("T", &schema))?;
        Ok(())
    });
    assert_eq!(failed.unwrap_err().code, 2002);
    assert!(catalog.find_relation(schema.id, "T", 0).unwrap().is_none());
    assert_eq!(catalog.grants_to("PUBLIC").unwrap(), before);
}

#[test]
fn roles_are_renamed_and_dropped_with_what_refers_to_them() {
    let catalog = catalog();
    let (_, schema) = database(&catalog, "D");
    let created =
        catalog.create(NewObject::new(Kind::Role, None, "OLD", "USERADMIN", &def::RoleDef {}).unwrap()).unwrap();
    let owned = catalog.create(NewObject { owner: "OLD".into(), ..table("T", &schema) }).unwrap();
    catalog.grant_role("OLD", &Member::User("U".into()), "USERADMIN").unwrap();
    catalog.rename(created.id, None, "NEW").unwrap();
    assert_eq!(catalog.by_id(owned.id).unwrap().unwrap().owner, "NEW");
    assert!(catalog.roles_for_user("U").unwrap().contains("NEW"));
    assert_eq!(catalog.inherit_ownership("NEW", "SYSADMIN").unwrap(), vec![owned.id]);
    catalog.drop(created.id).unwrap();
    assert_eq!(catalog.roles_for_user("U").unwrap(), RoleSet::from(["PUBLIC".to_owned()]));
}

#[test]
fn numbers_are_taken_once() {
    let catalog = catalog();
    let (_, schema) = database(&catalog, "D");
    let created = catalog.create(table("T", &schema)).unwrap();
    let increment = def::Increment { start: 10, step: -2 };
    assert_eq!(catalog.next_number(created.id, 1, increment).unwrap(), 10);
    assert_eq!(catalog.take_numbers(created.id, 1, increment, 3).unwrap(), 10);
    assert_eq!(catalog.take_numbers(created.id, 1, increment, 1).unwrap(), 4);
    assert_eq!(catalog.take_numbers(created.id, 2, increment, 1).unwrap(), 10);
    assert!(catalog.take_numbers(created.id, 1, increment, u64::MAX).is_err());
    let clone = catalog.create(table("CLONE", &schema)).unwrap();
    catalog.copy_numbers(created.id, clone.id).unwrap();
    assert_eq!(catalog.take_numbers(clone.id, 1, increment, 1).unwrap(), 2);
    assert_eq!(catalog.take_numbers(created.id, 1, increment, 1).unwrap(), 2);
}

#[test]
fn what_was_dropped_earlier_inside_of_a_purged_schema_goes_with_it() {
    let catalog = catalog();
    let (base, schema) = database(&catalog, "D");
    let gone = catalog.create(table("GONE", &schema)).unwrap();
    catalog.drop(gone.id).unwrap();
    catalog.drop(base.id).unwrap();
    let purged = catalog.purge(|object, _| Ok(object.kind == Kind::Database)).unwrap();
    assert_eq!(purged.len(), 4, "the database, its two schemas and the table: {purged:?}");
    assert!(catalog.by_id_even_dropped(gone.id).unwrap().is_none());
}
