//! Relations of a FROM clause.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, SetExpr,
    TableAliasColumnDef, TableFactor, TableSample, TableSampleKind, TableVersion,
};

use super::super::ast::{name_of, plain_table, quoted_name, table_alias};
use super::super::{asof, lateral, reshape};
use super::Rewriter;
use crate::error::{Result, SqlError};
use crate::parse::Name;

impl Rewriter<'_, '_, '_> {
    pub(super) fn table_factor(&mut self, factor: &mut TableFactor) -> Result<()> {
        if let Some(lateral) = self.provider.lateral_function(self, factor)? {
            *factor = lateral;
            return Ok(());
        }
        if let Some(function) = lateral::relation(self, factor)? {
            *factor = function;
            return Ok(());
        }
        self.reshape(factor)?;
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample: _,
                index_hints,
            } => {
                for (clause, present) in [
                    ("table hints", !with_hints.is_empty() || !index_hints.is_empty()),
                    ("WITH ORDINALITY", *with_ordinality),
                    ("PARTITION", !partitions.is_empty()),
                    ("a path after a table name", json_path.is_some()),
                ] {
                    if present {
                        return Err(SqlError::unsupported(clause));
                    }
                }
                self.relation_name(name)?;
                if let Some(version) = version.take() {
                    let table = name_of(name)?;
                    let relation = match version {
                        TableVersion::Changes { changes, at, end } => {
                            self.provider.changes(self, &table, [Some(changes), Some(at), end])?
                        }
                        version => self.provider.at_version(&table, self.provider.version(self, version)?)?,
                    };
                    *name = quoted_name(&relation);
                    alias.get_or_insert_with(|| table_alias(table.object()));
                }
                if let Some(arguments) = args.take() {
                    let function = name_of(name)?;
                    let (table, default) = self.provider.table_function(self, &function, &arguments.args)?;
                    *name = quoted_name(&table);
                    alias.get_or_insert_with(|| table_alias(&default));
                }
            }
            TableFactor::TableFunction { expr, alias } => {
                let (table, default) = match expr {
                    Expr::Function(function) => {
                        let name = name_of(&function.name)?;
                        let arguments = match &function.args {
                            FunctionArguments::List(list) => list.args.clone(),
                            FunctionArguments::None => Vec::new(),
                            FunctionArguments::Subquery(_) => {
                                return Err(SqlError::unsupported("TABLE(f(SELECT ...))"));
                            }
                        };
                        self.provider.table_function(self, &name, &arguments)?
                    }
                    other => {
                        let text = self.provider.constant_text(self, other)?;
                        let name = Name::parse(&text).ok_or_else(|| {
                            SqlError::compilation(
                                1003,
                                "42000",
                                format_args!("Invalid identifier '{text}' in TABLE()."),
                            )
                        })?;
                        let default = name.object().to_owned();
                        *factor = plain_table(
                            ObjectName(
                                name.parts
                                    .iter()
                                    .map(|part| ObjectNamePart::Identifier(Ident::with_quote('"', part)))
                                    .collect(),
                            ),
                            alias.take(),
                        );
                        let _ = default;
                        return Ok(());
                    }
                };
                let alias = alias.take().unwrap_or_else(|| table_alias(&default));
                *factor = plain_table(quoted_name(&table), Some(alias));
            }
            TableFactor::Function { lateral, name, args, with_ordinality, alias } => {
                if *with_ordinality {
                    return Err(SqlError::unsupported("WITH ORDINALITY"));
                }
                let function = name_of(name)?;
                if *lateral {
                    return Err(SqlError::unsupported(format_args!("LATERAL {function}")));
                }
                let (table, default) = self.provider.table_function(self, &function, args)?;
                let alias = alias.take().unwrap_or_else(|| table_alias(&default));
                *factor = plain_table(quoted_name(&table), Some(alias));
            }
            TableFactor::Derived { subquery, alias, .. } => {
                if let SetExpr::Values(values) = subquery.body.as_ref() {
                    let width = values.rows.first().map_or(0, |row| row.len());
                    let alias = alias.get_or_insert_with(|| table_alias("VALUES"));
                    if alias.columns.is_empty() {
                        alias.columns = (1..=width)
                            .map(|index| TableAliasColumnDef {
                                name: Ident::with_quote('"', format!("COLUMN{index}")),
                                data_type: None,
                            })
                            .collect();
                    }
                }
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                if !asof::is_nested(table_with_joins) {
                    asof::nest(table_with_joins);
                }
            }
            TableFactor::UNNEST { .. } => return Err(SqlError::unsupported("UNNEST")),
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } => {
                return Err(SqlError::internal("PIVOT was not taken apart"));
            }
            TableFactor::MatchRecognize { .. } => return Err(SqlError::unsupported("MATCH_RECOGNIZE")),
            TableFactor::SemanticView { .. } => return Err(SqlError::unsupported("SEMANTIC_VIEW")),
            TableFactor::JsonTable { .. } | TableFactor::OpenJsonTable { .. } | TableFactor::XmlTable { .. } => {
                return Err(SqlError::unsupported("JSON_TABLE, OPENJSON, XMLTABLE"));
            }
        }
        Ok(())
    }

    /// Turns PIVOT, UNPIVOT and SAMPLE into selects.
    fn reshape(&mut self, factor: &mut TableFactor) -> Result<()> {
        match factor {
            TableFactor::Pivot { .. } => *factor = reshape::pivot(self, factor.clone())?,
            TableFactor::Unpivot { .. } => *factor = reshape::unpivot(self, factor.clone())?,
            TableFactor::Table { name, alias, sample: sample @ Some(_), .. } => {
                let alias = match alias.take() {
                    Some(alias) => alias,
                    None => table_alias(name_of(name)?.object()),
                };
                if let Some(taken) = sample.take() {
                    *factor = reshape::sample(factor.clone(), table_sample(taken), Some(alias))?;
                }
            }
            TableFactor::Derived { alias, sample: sample @ Some(_), .. } => {
                let alias = alias.take();
                if let Some(taken) = sample.take() {
                    *factor = reshape::sample(factor.clone(), table_sample(taken), alias)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `IDENTIFIER(...)` as a table's name.
    fn relation_name(&mut self, name: &mut ObjectName) -> Result<()> {
        if let [ObjectNamePart::Function(function)] = name.0.as_slice() {
            let text = match function.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] if function.name.value == "IDENTIFIER" => {
                    self.provider.constant_text(self, &argument.clone())?
                }
                _ => return Err(SqlError::unsupported(format_args!("{}(...) as a table", function.name))),
            };
            let parsed = Name::parse(&text).ok_or_else(|| {
                SqlError::compilation(1003, "42000", format_args!("Invalid identifier '{text}' in IDENTIFIER()."))
            })?;
            *name = ObjectName(
                parsed.parts.iter().map(|part| ObjectNamePart::Identifier(Ident::with_quote('"', part))).collect(),
            );
        }
        Ok(())
    }
}

fn table_sample(kind: TableSampleKind) -> TableSample {
    match kind {
        TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample) => *sample,
    }
}
