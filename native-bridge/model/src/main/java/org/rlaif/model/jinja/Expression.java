package org.rlaif.model.jinja;

/** A value that depends on the variables. */
interface Expression {
  Object value(Variables scope);

  default boolean truth(Variables scope) {
    return Values.truth(value(scope));
  }
}
