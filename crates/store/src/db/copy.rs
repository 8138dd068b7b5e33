//! All rows from one engine to the other: a backup of PostgreSQL is a file of SQLite, and can be restored on either.

use postgres::types::Type;
use rusqlite::Connection as Sqlite;

use super::{Connection, Engine, Error, Row, Transaction, Value};

/// A table with its columns and their types, as SQLite knows them.
struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

impl Table {
    fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    fn types(&self) -> Vec<Type> {
        let kind = |(_, kind): &(String, String)| match kind.as_str() {
            "INTEGER" => Type::INT8,
            "REAL" => Type::FLOAT8,
            "BLOB" => Type::BYTEA,
            _ => Type::TEXT,
        };
        self.columns.iter().map(kind).collect()
    }
}

/// All tables in the order in which they were made: what refers to a table comes after it.
fn tables(sqlite: &Sqlite) -> Result<Vec<Table>, Error> {
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid";
    let mut statement = sqlite.prepare(sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut tables = Vec::new();
    for name in names {
        let name = name?;
        let mut statement = sqlite.prepare("SELECT name, type FROM pragma_table_info(?1) ORDER BY cid")?;
        let columns = statement.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns = columns.collect::<Result<_, _>>()?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

/// Fills a database of SQLite that has the same schema, and nothing that must stay.
pub(crate) fn to_embedded(from: &Connection<'_>, to: &mut Sqlite) -> Result<(), Error> {
    let transaction = to.transaction()?;
    for table in tables(&transaction)? {
        let (name, list) = (&table.name, table.list());
        transaction.execute(&format!("DELETE FROM {name}"), [])?;
        let places: Vec<String> = (1..=table.columns.len()).map(|at| format!("?{at}")).collect();
        let sql = format!("INSERT INTO {name} ({list}) VALUES ({})", places.join(", "));
        let mut insert = transaction.prepare(&sql)?;
        let sql = format!("-- copy\nSELECT {list} FROM {name}");
        from.for_each(&sql, &[], |row| -> Result<bool, Error> {
            let values = values(row, table.columns.len())?;
            insert.execute(rusqlite::params_from_iter(&values))?;
            Ok(true)
        })?;
    }
    Ok(transaction.commit()?)
}

/// Fills tables that have the schema of a database of SQLite, and nothing that must stay.
pub(crate) fn from_embedded(from: &Sqlite, to: &Transaction<'_>) -> Result<(), Error> {
    let tables = tables(from)?;
    for table in &tables {
        to.execute_batch(&format!("DELETE FROM {}", table.name))?;
        let Engine::Postgres(open) = &to.engine else {
            continue;
        };
        let (name, list) = (&table.name, table.list());
        let sql = format!("COPY {name} ({list}) FROM STDIN BINARY");
        open.copy_in(&sql, &table.types(), |put| {
            let mut statement = from.prepare(&format!("SELECT {list} FROM {name}"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                put(&values(Row::Sqlite(row), table.columns.len())?)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn values(row: Row<'_>, columns: usize) -> Result<Vec<Value<'_>>, Error> {
    (0..columns).map(|column| row.value(column)).collect()
}
