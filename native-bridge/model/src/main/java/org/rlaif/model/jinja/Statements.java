package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.rlaif.model.jinja.Lexer.Kind;
import org.rlaif.model.jinja.Lexer.Token;
import org.rlaif.model.jinja.Values.Function;

/** Reads what stands between expressions: text, and blocks such as loops and conditions. */
final class Statements extends Expressions {
  /** How a statement ended: {@code break} and {@code continue} leave those around it, too. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Adds to the text, and may change the variables. */
  interface Statement {
    Flow run(Scope scope, Text.Builder out);
  }

  /** What a loop or a {@code set} gives values to. */
  private interface Target {
    void set(Scope scope, Object value);
  }

  Statements(String source) {
    super(Lexer.tokens(source));
  }

  Statement template() {
    Statement all = body(Set.of());
    if (peek().kind() != Kind.END) {
      throw unexpected(peek());
    }
    return all;
  }

  /** Everything up to a block of one of these names, which is left to be read. */
  private Statement body(Set<String> ends) {
    var parts = new ArrayList<Statement>();
    while (peek().kind() != Kind.END) {
      Token token = next();
      if (token.kind() == Kind.TEXT) {
        Text text = Text.written(token.text());
        parts.add(print(s -> text));
      } else if (token.kind() == Kind.BEGIN_PRINT) {
        Expression value = tuple();
        expect(Kind.END_PRINT);
        parts.add(print(value));
      } else if (ends.contains(peek().text())) {
        break;
      } else {
        parts.add(block(next()));
      }
    }
    return (scope, out) -> {
      for (Statement part : parts) {
        Flow flow = part.run(scope, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    };
  }

  private static Statement print(Expression value) {
    return (scope, out) -> {
      out.add(Values.text(value.value(scope)));
      return Flow.NEXT;
    };
  }

  private Statement block(Token keyword) {
    return switch (keyword.text()) {
      case "if" -> condition();
      case "for" -> loop();
      case "set" -> set();
      case "macro" -> macro();
      case "generation" -> generation();
      case "break" -> end(Flow.BREAK);
      case "continue" -> end(Flow.CONTINUE);
      default -> throw unexpected(keyword);
    };
  }

  private Statement end(Flow flow) {
    expect(Kind.END_BLOCK);
    return (scope, out) -> flow;
  }

  private Statement condition() {
    Expression condition = tuple();
    expect(Kind.END_BLOCK);
    Statement then = body(Set.of("elif", "else", "endif"));
    Statement otherwise;
    if (accept("elif")) {
      otherwise = condition();
    } else if (accept("else")) {
      expect(Kind.END_BLOCK);
      otherwise = body(Set.of("endif"));
      close("endif");
    } else {
      close("endif");
      otherwise = (scope, out) -> Flow.NEXT;
    }
    return (scope, out) -> (condition.truth(scope) ? then : otherwise).run(scope, out);
  }

  private Statement loop() {
    Target target = target();
    expect("in");
    Expression all = or();
    Expression wanted = accept("if") ? expression() : s -> true;
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of("else", "endfor"));
    Statement otherwise = (scope, out) -> Flow.NEXT;
    if (accept("else")) {
      expect(Kind.END_BLOCK);
      otherwise = body(Set.of("endfor"));
    }
    close("endfor");
    Statement none = otherwise;
    return (scope, out) -> {
      var items = new ArrayList<Object>();
      for (Object each : Values.list(all.value(scope))) {
        var inner = new Scope(scope);
        target.set(inner, each);
        if (wanted.truth(inner)) {
          items.add(each);
        }
      }
      for (int i = 0; i < items.size(); i++) {
        var inner = new Scope(scope);
        inner.set("loop", loop(items, i));
        target.set(inner, items.get(i));
        if (body.run(inner, out) == Flow.BREAK) {
          break;
        }
      }
      return items.isEmpty() ? none.run(scope, out) : Flow.NEXT;
    };
  }

  private static Values.Namespace loop(List<Object> items, int i) {
    var loop = new LinkedHashMap<String, Object>();
    long n = items.size();
    loop.put("index", i + 1L);
    loop.put("index0", (long) i);
    loop.put("revindex", n - i);
    loop.put("revindex0", n - i - 1);
    loop.put("first", i == 0);
    loop.put("last", i == n - 1);
    loop.put("length", n);
    if (i > 0) {
      loop.put("previtem", items.get(i - 1));
    }
    if (i < n - 1) {
      loop.put("nextitem", items.get(i + 1));
    }
    Function cycle = a -> a.positional().get(i % a.positional().size());
    loop.put("cycle", cycle);
    return new Values.Namespace(loop);
  }

  private Statement set() {
    Target target = target();
    if (accept("=")) {
      Expression value = tuple();
      expect(Kind.END_BLOCK);
      return (scope, out) -> {
        target.set(scope, value.value(scope));
        return Flow.NEXT;
      };
    }
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of("endset"));
    close("endset");
    return (scope, out) -> {
      var inside = new Text.Builder();
      body.run(new Scope(scope), inside);
      target.set(scope, inside.text());
      return Flow.NEXT;
    };
  }

  /** A name, an entry of a namespace, or several names with commas between. */
  private Target target() {
    boolean bracket = accept("(");
    var targets = new ArrayList<Target>();
    do {
      String name = name();
      if (accept(".")) {
        String entry = name();
        targets.add((scope, value) -> put(scope.get(name), name, entry, value));
      } else {
        targets.add((scope, value) -> scope.set(name, value));
      }
    } while (accept(","));
    if (bracket) {
      expect(")");
    }
    if (targets.size() == 1) {
      return targets.get(0);
    }
    return (scope, value) -> {
      List<Object> values = Values.list(value);
      if (values.size() != targets.size()) {
        throw new JinjaException(values.size() + " values for " + targets.size() + " names");
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).set(scope, values.get(i));
      }
    };
  }

  private static void put(Object object, String name, String entry, Object value) {
    if (!(object instanceof Values.Namespace space)) {
      throw new JinjaException("'" + name + "' is not a namespace");
    }
    space.entries().put(entry, value);
  }

  /** A function of the template; it sees the variables around it. */
  private Statement macro() {
    String name = name();
    expect("(");
    var parameters = new LinkedHashMap<String, Expression>();
    while (!accept(")")) {
      String parameter = name();
      parameters.put(parameter, accept("=") ? expression() : s -> new Values.Undefined(parameter));
      if (!peek().is(")")) {
        expect(",");
      }
    }
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of("endmacro"));
    close("endmacro");
    return (scope, out) -> {
      Function macro =
          arguments -> {
            var inner = new Scope(scope);
            int i = 0;
            for (var parameter : parameters.entrySet()) {
              Object given = arguments.get(i++, parameter.getKey());
              inner.set(
                  parameter.getKey(), given == null ? parameter.getValue().value(inner) : given);
            }
            var inside = new Text.Builder();
            body.run(inner, inside);
            return inside.text();
          };
      scope.set(name, macro);
      return Flow.NEXT;
    };
  }

  /** What the assistant writes. */
  private Statement generation() {
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of("endgeneration"));
    close("endgeneration");
    return (scope, out) -> {
      var inside = new Text.Builder();
      body.run(new Scope(scope), inside);
      out.add(inside.text().generated());
      return Flow.NEXT;
    };
  }

  private void close(String keyword) {
    expect(keyword);
    expect(Kind.END_BLOCK);
  }
}
