package org.rlaif.model.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a template, or of a loop or macro inside it, which sees those around it. */
final class Variables {
  private final @Nullable Variables around;
  private final Map<String, Object> variables = new HashMap<>();

  Variables(@Nullable Variables around) {
    this.around = around;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Object get(String name) {
    for (Variables scope = this; scope != null; scope = scope.around) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Values.Undefined(name);
  }
}
