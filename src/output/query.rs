//! `--query`: JMESPath over the JSON result, as in az.

use serde_json::Value;

use crate::error::{Error, Result};

/// A compiled `--query` expression.
#[derive(Debug, Clone)]
pub struct Query {
    expression: jmespath::Expression<'static>,
}

impl Query {
    /// Compiles `text`.
    ///
    /// # Errors
    /// A usage error with a caret under the fault.
    pub fn parse(text: &str) -> Result<Self> {
        let expression = jmespath::compile(text).map_err(|error| {
            let caret = " ".repeat(error.column);
            Error::usage("The query is not valid JMESPath")
                .cause(format!("{}\n  {text}\n  {caret}^", error.reason))
                .hint("JMESPath is described at https://jmespath.org/")
                .target("--query")
        })?;
        Ok(Query { expression })
    }

    /// Applies the query.
    ///
    /// # Errors
    /// The query does not fit the value, for example a function on the wrong type.
    pub fn apply(&self, value: &Value) -> Result<Value> {
        let fault = |error: &dyn std::fmt::Display| {
            Error::usage("The query does not fit the result")
                .cause(error.to_string())
                .target("--query")
        };
        let input = jmespath::Variable::from_serializable(value).map_err(|e| fault(&e))?;
        let found = self.expression.search(input).map_err(|e| fault(&e))?;
        serde_json::to_value(&*found).map_err(|e| fault(&e))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn picks_fields() {
        let query = Query::parse("[].name").unwrap();
        assert_eq!(
            query.apply(&json!([{"name": "a"}, {"name": "b"}])).unwrap(),
            json!(["a", "b"])
        );
    }

    #[test]
    fn points_at_the_fault() {
        let error = Query::parse("[].").unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        assert!(error.causes[0].contains('^'), "{error}");
    }
}
