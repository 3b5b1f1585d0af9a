package org.rlaif.model.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a template, or of a loop or macro inside it, which sees those around it. */
final class Scope {
  private final @Nullable Scope around;
  private final Map<String, Object> variables = new HashMap<>();

  Scope(@Nullable Scope around) {
    this.around = around;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Values.Undefined(name);
  }
}
