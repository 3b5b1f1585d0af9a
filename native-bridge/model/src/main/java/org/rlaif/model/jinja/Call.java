package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;

/** The arguments as written; stars stand before lists and maps of more of them. */
record Call(
    List<Expression> positional,
    Map<String, Expression> named,
    List<Expression> lists,
    List<Expression> maps) {
  static final Call NONE = new Call(List.of(), Map.of(), List.of(), List.of());

  Arguments values(Variables scope) {
    List<Object> byPlace =
        new ArrayList<>(positional.stream().map(each -> each.value(scope)).toList());
    lists.forEach(list -> byPlace.addAll(Values.list(list.value(scope))));
    var byName = new LinkedHashMap<String, Object>();
    named.forEach((name, value) -> byName.put(name, value.value(scope)));
    for (Expression map : maps) {
      Values.map("**", map.value(scope)).forEach((key, value) -> byName.put(key.toString(), value));
    }
    return new Arguments(byPlace, byName);
  }

  /** What a function answers; errors name the line that it is called in. */
  static Object call(int line, Object called, Arguments arguments) {
    Budget.steps(1);
    if (called instanceof Function function) {
      return function.call(arguments);
    }
    throw new JinjaException("line " + line + ": " + Values.kind(called) + " cannot be called");
  }
}
