package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.Undefined;

/**
 * A function that a template defines.
 *
 * @param parameters and what they are where nothing is given
 * @param reads which of the {@link #UNDECLARED} names its body reads
 */
record Macro(String name, Map<String, Expression> parameters, Statement body, Set<String> reads) {
  /** What calls it, and more arguments than it declares. */
  static final Set<String> UNDECLARED = Set.of("caller", "varargs", "kwargs");

  /** It sees the variables around it. */
  Function in(Variables scope) {
    return arguments -> Budget.deeper(() -> call(scope, arguments));
  }

  private Text call(Variables scope, Arguments arguments) {
    var inner = new Variables(scope);
    var named = new LinkedHashMap<>(arguments.named());
    Object caller = named.remove("caller");
    List<Object> more = new ArrayList<>(arguments.positional());
    for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
      Object given = more.isEmpty() ? named.remove(parameter.getKey()) : more.remove(0);
      inner.set(parameter.getKey(), given == null ? parameter.getValue().value(inner) : given);
    }
    if (reads.contains("caller")) {
      inner.set("caller", caller == null ? new Undefined("No caller defined") : caller);
    } else if (caller != null) {
      throw new JinjaException(name + ": takes no caller");
    }
    undeclared(inner, "varargs", new Values.Tuple(more), !more.isEmpty());
    Map<Object, Object> kwargs = new Arguments(List.of(), named).asMap();
    undeclared(inner, "kwargs", kwargs, !kwargs.isEmpty());
    var inside = new Text.Builder();
    body.run(inner, inside);
    return inside.text();
  }

  private void undeclared(Variables inner, String what, Object values, boolean any) {
    if (reads.contains(what)) {
      inner.set(what, values);
    } else if (any) {
      throw new JinjaException(
          name + ": more arguments than it declares: " + Literals.text(values));
    }
  }
}
