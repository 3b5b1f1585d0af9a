package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlaif.model.jinja.Lexer.Kind;
import org.rlaif.model.jinja.Lexer.Token;
import org.rlaif.model.jinja.Statement.Flow;
import org.rlaif.model.jinja.Values.Arguments;

/** Reads what stands between expressions: text, and blocks such as loops and conditions. */
final class Statements extends Expressions {
  /** What a loop or a {@code set} gives values to. */
  private interface Target {
    void set(Variables scope, Object value);
  }

  private static final Set<String> RESERVED =
      Set.of(
          "true", "false", "none", "True", "False", "None", "in", "is", "not", "and", "or", "if");

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
        parts.add(inside(() -> block(next())));
      }
    }
    return (scope, out) -> {
      for (Statement part : parts) {
        Budget.steps(1);
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
      out.add(Literals.text(value.value(scope)));
      return Flow.NEXT;
    };
  }

  private Statement block(Token keyword) {
    return switch (keyword.text()) {
      case "if" -> condition();
      case "for" -> loop();
      case "set" -> set();
      case "macro" -> macro();
      case "call" -> callBlock(keyword.line());
      case "filter" -> filterBlock();
      case "with" -> with();
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

  private record Branch(Expression condition, Statement body) {}

  private Statement condition() {
    List<Branch> branches = new ArrayList<>();
    do {
      Expression condition = tuple();
      expect(Kind.END_BLOCK);
      branches.add(new Branch(condition, body(Set.of("elif", "else", "endif"))));
    } while (accept("elif"));
    Statement otherwise = otherwise("endif");
    return (scope, out) -> {
      for (Branch branch : branches) {
        if (branch.condition().truth(scope)) {
          return branch.body().run(scope, out);
        }
      }
      return otherwise.run(scope, out);
    };
  }

  /** What stands behind {@code else}, if anything, and the end. */
  private Statement otherwise(String end) {
    Statement otherwise = (scope, out) -> Flow.NEXT;
    if (accept("else")) {
      expect(Kind.END_BLOCK);
      otherwise = body(Set.of(end));
    }
    close(end);
    return otherwise;
  }

  private Statement loop() {
    Target target = target();
    expect("in");
    Expression all = iterated();
    Expression wanted = accept("if") ? expression() : s -> true;
    boolean recursive = accept("recursive");
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of("else", "endfor"));
    Statement otherwise = otherwise("endfor");
    return new Recurring(target, wanted, body, otherwise, recursive).over(all);
  }

  /** The parts of a loop, but for what it goes through. */
  private record Recurring(
      Target target, Expression wanted, Statement body, Statement otherwise, boolean recursive) {
    Statement over(Expression all) {
      return (scope, out) -> {
        run(scope, out, all.value(scope), 0);
        return Flow.NEXT;
      };
    }

    private void run(Variables scope, Text.Builder out, Object all, int depth) {
      var items = new ArrayList<Object>();
      for (Object each : Values.list(all)) {
        var inner = new Variables(scope);
        target.set(inner, each);
        if (wanted.truth(inner)) {
          items.add(each);
        }
      }
      LoopVariable.Again again =
          (others, deeper) -> {
            var inside = new Text.Builder();
            run(scope, inside, others, deeper);
            return inside.text();
          };
      var loop = new LoopVariable(items, depth, recursive ? again : null);
      for (int i = 0; i < items.size(); i++) {
        Budget.steps(1);
        var inner = new Variables(scope);
        inner.set("loop", loop);
        target.set(inner, loop.go(i));
        if (body.run(inner, out) == Flow.BREAK) {
          break;
        }
      }
      if (items.isEmpty()) {
        otherwise.run(scope, out);
      }
    }
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
    Step filters = accept("|") ? filters() : (scope, text) -> text;
    Statement body = enclosed("endset");
    return (scope, out) -> {
      target.set(scope, filters.next(scope, text(body, scope)));
      return Flow.NEXT;
    };
  }

  /** What a body adds, with variables of its own. */
  private static Text text(Statement body, Variables scope) {
    var inside = new Text.Builder();
    body.run(new Variables(scope), inside);
    return inside.text();
  }

  private Statement filterBlock() {
    Step filters = filters();
    Statement body = enclosed("endfilter");
    return (scope, out) -> {
      out.add(Literals.text(filters.next(scope, text(body, scope))));
      return Flow.NEXT;
    };
  }

  /** New variables; what they are is said with those around. */
  private Statement with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (peek().kind() != Kind.END_BLOCK) {
      if (!targets.isEmpty()) {
        expect(",");
      }
      targets.add(variable());
      expect("=");
      values.add(expression());
    }
    Statement body = enclosed("endwith");
    return (scope, out) -> {
      var inner = new Variables(scope);
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).set(inner, values.get(i).value(scope));
      }
      return body.run(inner, out);
    };
  }

  /** A name, an entry of a namespace, or several of them with commas between. */
  private Target target() {
    var targets = new ArrayList<>(List.of(variable()));
    boolean several = false;
    while (accept(",")) {
      several = true;
      if (!peek().is("in") && !peek().is("=") && !peek().is(")")) {
        targets.add(variable());
      }
    }
    return several ? all(targets) : targets.get(0);
  }

  private Target variable() {
    if (accept("(")) {
      Target all = inside(this::target);
      expect(")");
      return all;
    }
    String name = name();
    if (RESERVED.contains(name)) {
      throw new JinjaException("line " + peek().line() + ": '" + name + "' cannot be a variable");
    }
    if (accept(".")) {
      String entry = name();
      return (scope, value) -> put(scope.get(name), name, entry, value);
    }
    return (scope, value) -> scope.set(name, value);
  }

  private static Target all(List<Target> targets) {
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

  private Statement macro() {
    String name = name();
    Map<String, Expression> parameters = parameters();
    Macro macro = macro(name, parameters, "endmacro");
    return (scope, out) -> {
      scope.set(name, macro.in(scope));
      return Flow.NEXT;
    };
  }

  private Macro macro(String name, Map<String, Expression> parameters, String end) {
    var body = new Statement[1];
    Set<String> reads = undeclared(() -> body[0] = enclosed(end));
    return new Macro(name, parameters, body[0], reads);
  }

  private Map<String, Expression> parameters() {
    expect("(");
    var parameters = new LinkedHashMap<String, Expression>();
    while (!accept(")")) {
      String parameter = name();
      parameters.put(parameter, accept("=") ? expression() : s -> new Values.Undefined(parameter));
      separator(")");
    }
    return parameters;
  }

  /** Calls a macro, which can call the body. */
  private Statement callBlock(int line) {
    Map<String, Expression> parameters = peek().is("(") ? parameters() : Map.of();
    Expression called = callee();
    Call arguments = arguments();
    Macro caller = macro("caller", parameters, "endcall");
    return (scope, out) -> {
      Arguments given = arguments.values(scope);
      var named = new LinkedHashMap<>(given.named());
      named.put("caller", caller.in(scope));
      var all = new Arguments(given.positional(), named);
      out.add(Literals.text(Call.call(line, called.value(scope), all)));
      return Flow.NEXT;
    };
  }

  /** What the assistant writes. */
  private Statement generation() {
    Statement body = enclosed("endgeneration");
    return (scope, out) -> {
      out.add(text(body, scope).generated());
      return Flow.NEXT;
    };
  }

  /** A name, or what dots lead to. */
  private Expression callee() {
    String first = name();
    List<Step> path = new ArrayList<>();
    while (accept(".")) {
      String name = name();
      path.add((scope, object) -> Lookup.attribute(object, name));
    }
    return chain(scope -> scope.get(first), path);
  }

  /** What stands between the end of a block's beginning and the block that ends it. */
  private Statement enclosed(String end) {
    expect(Kind.END_BLOCK);
    Statement body = body(Set.of(end));
    close(end);
    return body;
  }

  private void close(String keyword) {
    expect(keyword);
    expect(Kind.END_BLOCK);
  }
}
