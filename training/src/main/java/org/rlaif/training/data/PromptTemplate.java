package org.rlaif.training.data;

import com.fasterxml.jackson.core.type.TypeReference;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.rows.Row;

/** {@code data.promptTemplate}: Mustache over a row's columns. */
record PromptTemplate(Template template) {
  /** Absent columns are errors, empty ones are fine; {@code {{#input}}…{{/input}}} needs text. */
  static PromptTemplate compile(String template) {
    try {
      return new PromptTemplate(
          Mustache.compiler()
              .escapeHTML(false)
              .emptyStringIsFalse(true)
              .nullValue("")
              .compile(template));
    } catch (MustacheException e) {
      throw new UserError(
          "data.promptTemplate: not whole, or a section that is not closed (expected: a Mustache"
              + " template)",
          e);
    }
  }

  String rendered(Row row) {
    try {
      return template.execute(
          Json.MAPPER.convertValue(row.columns(), new TypeReference<Map<String, Object>>() {}));
    } catch (MustacheException.Context e) {
      throw row.error(
          "promptTemplate", "{{" + e.key + "}}", "one of its columns, which are " + row.names());
    }
  }
}
