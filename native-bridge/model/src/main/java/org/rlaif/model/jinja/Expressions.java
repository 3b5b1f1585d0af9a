package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlaif.model.jinja.Lexer.Kind;
import org.rlaif.model.jinja.Lexer.Token;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.None;

/** Reads expressions, from what binds least to what binds most. */
class Expressions {
  /** A value that depends on the variables. */
  interface Expression {
    Object value(Scope scope);

    default boolean truth(Scope scope) {
      return Values.truth(value(scope));
    }
  }

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in");

  private final List<Token> tokens;
  private int at;

  Expressions(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** One expression, or several with commas between, which are a list. */
  final Expression tuple() {
    Expression first = expression();
    if (!peek().is(",")) {
      return first;
    }
    var parts = new ArrayList<>(List.of(first));
    while (accept(",") && !peek().is(")") && peek().kind() != Kind.END_BLOCK) {
      parts.add(expression());
    }
    return scope -> new Values.Tuple(values(parts, scope));
  }

  final Expression expression() {
    Expression value = or();
    while (accept("if")) {
      Expression then = value;
      Expression condition = or();
      Expression otherwise = accept("else") ? expression() : s -> new Values.Undefined("else");
      value = s -> condition.truth(s) ? then.value(s) : otherwise.value(s);
    }
    return value;
  }

  final Expression or() {
    Expression left = and();
    while (accept("or")) {
      Expression a = left;
      Expression b = and();
      left =
          s -> {
            Object value = a.value(s);
            return Values.truth(value) ? value : b.value(s);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (accept("and")) {
      Expression a = left;
      Expression b = not();
      left =
          s -> {
            Object value = a.value(s);
            return Values.truth(value) ? b.value(s) : value;
          };
    }
    return left;
  }

  private Expression not() {
    if (accept("not")) {
      Expression value = not();
      return s -> !value.truth(s);
    }
    return comparison();
  }

  /** A chain such as {@code a < b < c} means both. */
  private Expression comparison() {
    Expression first = sum();
    Expression result = first;
    Expression left = first;
    boolean chained = false;
    while ((COMPARISONS.contains(peek().text()) && peek().is(peek().text())) || notIn()) {
      boolean negated = accept("not");
      String operator = next().text();
      Expression a = left;
      Expression b = sum();
      Expression before = result;
      boolean follows = chained;
      result =
          s ->
              (!follows || before.truth(s)) && compare(operator, a.value(s), b.value(s)) != negated;
      left = b;
      chained = true;
    }
    return result;
  }

  private boolean notIn() {
    return peek().is("not") && tokens.get(at + 1).is("in");
  }

  private static boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.same(a, b);
      case "!=" -> !Values.same(a, b);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      case ">=" -> Values.compare(a, b) >= 0;
      default -> Values.contains(b, a);
    };
  }

  private Expression sum() {
    Expression left = joined();
    while (peek().is("+") || peek().is("-")) {
      left = arithmetic(next().text(), left, joined());
    }
    return left;
  }

  private Expression joined() {
    Expression left = product();
    while (accept("~")) {
      Expression a = left;
      Expression b = product();
      left = s -> Values.text(a.value(s)).plus(Values.text(b.value(s)));
    }
    return left;
  }

  private Expression product() {
    Expression left = unary(true);
    while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
      left = arithmetic(next().text(), left, unary(true));
    }
    return left;
  }

  private static Expression arithmetic(String operator, Expression a, Expression b) {
    return s -> Values.arithmetic(operator, a.value(s), b.value(s));
  }

  private Expression unary(boolean filtered) {
    Expression value;
    if (accept("-")) {
      value = arithmetic("-", s -> 0L, unary(false));
    } else {
      value = accept("+") ? unary(false) : postfix(primary());
    }
    return filtered ? filtered(value) : value;
  }

  private Expression primary() {
    Token token = next();
    switch (token.kind()) {
      case STRING -> {
        var text = new StringBuilder(token.text());
        while (peek().kind() == Kind.STRING) {
          text.append(next().text());
        }
        Text value = Text.written(text.toString());
        return s -> value;
      }
      case INTEGER -> {
        Long value = Long.valueOf(token.text());
        return s -> value;
      }
      case FLOAT -> {
        Double value = Double.valueOf(token.text());
        return s -> value;
      }
      case NAME -> {
        return name(token.text());
      }
      default -> {
        return switch (token.text()) {
          case "(" -> parenthesis();
          case "[" -> list();
          case "{" -> map();
          default -> throw unexpected(token);
        };
      }
    }
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> s -> true;
      case "false", "False" -> s -> false;
      case "none", "None" -> s -> None.NONE;
      default -> s -> s.get(name);
    };
  }

  private Expression parenthesis() {
    if (accept(")")) {
      return s -> new Values.Tuple(List.of());
    }
    Expression value = tuple();
    expect(")");
    return value;
  }

  private Expression list() {
    var parts = new ArrayList<Expression>();
    while (!accept("]")) {
      parts.add(expression());
      separator("]");
    }
    return s -> values(parts, s);
  }

  private Expression map() {
    var keys = new ArrayList<Expression>();
    var values = new ArrayList<Expression>();
    while (!accept("}")) {
      keys.add(expression());
      expect(":");
      values.add(expression());
      separator("}");
    }
    return s -> {
      var map = new LinkedHashMap<Object, Object>();
      for (int i = 0; i < keys.size(); i++) {
        map.put(keys.get(i).value(s), values.get(i).value(s));
      }
      return map;
    };
  }

  private static List<Object> values(List<Expression> parts, Scope scope) {
    var values = new ArrayList<Object>();
    parts.forEach(part -> values.add(part.value(scope)));
    return values;
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (peek().is(".") || peek().is("[") || peek().is("(")) {
      Expression object = value;
      if (accept(".")) {
        Token name = next();
        value =
            name.kind() == Kind.INTEGER
                ? s -> Values.item(object.value(s), Long.valueOf(name.text()))
                : s -> Values.attribute(object.value(s), name.text());
      } else if (accept("[")) {
        value = subscript(object);
      } else {
        value = call(object);
      }
    }
    return value;
  }

  private Expression subscript(Expression object) {
    Expression nothing = s -> None.NONE;
    Expression first = peek().is(":") ? nothing : expression();
    if (accept("]")) {
      return s -> Values.item(object.value(s), first.value(s));
    }
    expect(":");
    Expression last = peek().is(":") || peek().is("]") ? nothing : expression();
    Expression step = accept(":") && !peek().is("]") ? expression() : nothing;
    expect("]");
    return s -> Values.slice(object.value(s), first.value(s), last.value(s), step.value(s));
  }

  private Expression call(Expression called) {
    int line = peek().line();
    Call arguments = arguments();
    return s -> {
      Object value = called.value(s);
      if (value instanceof Function function) {
        return function.call(arguments.values(s));
      }
      throw new JinjaException("line " + line + ": " + Values.kind(value) + " cannot be called");
    };
  }

  /** The arguments as written. */
  record Call(List<Expression> positional, Map<String, Expression> named) {
    Arguments values(Scope scope) {
      var byName = new LinkedHashMap<String, Object>();
      named.forEach((name, value) -> byName.put(name, value.value(scope)));
      return new Arguments(Expressions.values(positional, scope), byName);
    }
  }

  private Call arguments() {
    expect("(");
    var call = new Call(new ArrayList<>(), new LinkedHashMap<>());
    while (!accept(")")) {
      if (peek().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
        String name = next().text();
        expect("=");
        call.named().put(name, expression());
      } else {
        call.positional().add(expression());
      }
      separator(")");
    }
    return call;
  }

  /** Filters and tests, one behind the other. */
  private Expression filtered(Expression start) {
    Expression value = start;
    while (peek().is("|") || peek().is("is")) {
      value = accept("|") ? filter(value) : test(value);
    }
    return peek().is("(") ? postfix(value) : value;
  }

  final Expression filter(Expression value) {
    String name = name();
    Call call = peek().is("(") ? arguments() : new Call(List.of(), Map.of());
    return s -> Filters.apply(name, value.value(s), call.values(s));
  }

  private Expression test(Expression value) {
    expect("is");
    boolean negated = accept("not");
    String name = name();
    Call call = new Call(List.of(), Map.of());
    Token next = peek();
    boolean argument =
        next.kind() == Kind.STRING
            || next.kind() == Kind.INTEGER
            || next.kind() == Kind.FLOAT
            || next.is("[")
            || next.is("{")
            || (next.kind() == Kind.NAME
                && !Set.of("else", "or", "and", "is", "if", "not", "in").contains(next.text()));
    if (next.is("(")) {
      call = arguments();
    } else if (argument) {
      call = new Call(List.of(postfix(primary())), Map.of());
    }
    Call given = call;
    return s -> Filters.test(name, value.value(s), given.values(s)) != negated;
  }

  final Token peek() {
    return tokens.get(at);
  }

  final Token next() {
    return tokens.get(at++);
  }

  final boolean accept(String text) {
    boolean here = peek().is(text);
    at += here ? 1 : 0;
    return here;
  }

  final void expect(String text) {
    if (!accept(text)) {
      throw unexpected(peek());
    }
  }

  final void expect(Kind kind) {
    Token token = next();
    if (token.kind() != kind) {
      throw unexpected(token);
    }
  }

  final String name() {
    Token token = next();
    if (token.kind() != Kind.NAME) {
      throw unexpected(token);
    }
    return token.text();
  }

  private void separator(String end) {
    if (!accept(",") && !peek().is(end)) {
      throw unexpected(peek());
    }
  }

  static JinjaException unexpected(Token token) {
    return new JinjaException(
        "line "
            + token.line()
            + ": unexpected "
            + (token.text().isEmpty() ? token.kind() : "'" + token.text() + "'"));
  }
}
