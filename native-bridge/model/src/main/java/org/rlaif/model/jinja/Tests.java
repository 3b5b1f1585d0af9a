package org.rlaif.model.jinja;

import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Undefined;

/** What stands behind {@code is}. */
final class Tests {
  private Tests() {}

  static boolean test(String name, Object value, Arguments a) {
    Budget.steps(1);
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Map;
      case "sequence" -> isSequence(value);
      case "iterable" -> isSequence(value) || value instanceof Values.Generator;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Function || value instanceof Undefined;
      case "odd" -> Math.floorMod(Values.wholeNumber(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.wholeNumber(value), 2L) == 0;
      case "divisibleby" ->
          Comparisons.same(Arithmetic.arithmetic("%", value, a.required(0, "num")), 0L);
      case "eq", "equalto", "==" -> Comparisons.same(value, a.required(0, "other"));
      case "ne", "!=" -> !Comparisons.same(value, a.required(0, "other"));
      case "lt", "lessthan", "<" -> Comparisons.compare(value, a.required(0, "other")) < 0;
      case "gt", "greaterthan", ">" -> Comparisons.compare(value, a.required(0, "other")) > 0;
      case "le", "<=" -> Comparisons.compare(value, a.required(0, "other")) <= 0;
      case "ge", ">=" -> Comparisons.compare(value, a.required(0, "other")) >= 0;
      case "in" -> Comparisons.contains(a.required(0, "seq"), value);
      case "sameas" ->
          value == a.required(0, "other")
              || (value instanceof Boolean && value.equals(a.required(0, "other")));
      case "lower" -> Literals.text(value).isCased(Character::isLowerCase, Character::isUpperCase);
      case "upper" -> Literals.text(value).isCased(Character::isUpperCase, Character::isLowerCase);
      default -> throw new JinjaException("no test named '" + name + "'");
    };
  }

  private static boolean isSequence(Object value) {
    return value instanceof Text
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }
}
