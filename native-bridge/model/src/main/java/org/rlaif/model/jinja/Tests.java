package org.rlaif.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
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
      case "sequence" ->
          value instanceof Text
              || value instanceof List
              || value instanceof Map
              || value instanceof Undefined;
      case "iterable" ->
          value instanceof Text
              || value instanceof List
              || value instanceof Map
              || value instanceof Values.Generator
              || value instanceof Undefined;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Function || value instanceof Undefined;
      case "odd" -> Math.floorMod(Values.wholeNumber(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.wholeNumber(value), 2L) == 0;
      case "divisibleby" -> Values.same(Values.arithmetic("%", value, a.required(0, "num")), 0L);
      case "eq", "equalto", "==" -> Values.same(value, a.required(0, "other"));
      case "ne", "!=" -> !Values.same(value, a.required(0, "other"));
      case "lt", "lessthan", "<" -> Values.compare(value, a.required(0, "other")) < 0;
      case "gt", "greaterthan", ">" -> Values.compare(value, a.required(0, "other")) > 0;
      case "le", "<=" -> Values.compare(value, a.required(0, "other")) <= 0;
      case "ge", ">=" -> Values.compare(value, a.required(0, "other")) >= 0;
      case "in" -> Values.contains(a.required(0, "seq"), value);
      case "sameas" ->
          value == a.required(0, "other")
              || (value instanceof Boolean && value.equals(a.required(0, "other")));
      case "lower" -> isCased(Values.text(value), Character::isLowerCase, Character::isUpperCase);
      case "upper" -> isCased(Values.text(value), Character::isUpperCase, Character::isLowerCase);
      default -> throw new JinjaException("no test named '" + name + "'");
    };
  }

  /** Python's: some letter is of the case, and none of the other. */
  static boolean isCased(Text text, IntPredicate wanted, IntPredicate unwanted) {
    String letters = text.toString();
    return letters.codePoints().anyMatch(wanted) && letters.codePoints().noneMatch(unwanted);
  }
}
