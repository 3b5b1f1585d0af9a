package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.rlaif.model.jinja.Lexer.Kind;
import org.rlaif.model.jinja.Lexer.Token;
import org.rlaif.model.jinja.Values.None;

/** Reads expressions, from what binds least to what binds most. */
class Expressions extends TokenReader {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in");

  /** Names that a macro does not have to declare, as far as they were read. */
  private final Set<String> undeclared = new HashSet<>();

  Expressions(List<Token> tokens) {
    super(tokens);
  }

  /** One expression, or several with commas between, which are a tuple. */
  final Expression tuple() {
    return counted(() -> tuple(this::expression));
  }

  /** The same without {@code if}, which means something else there. */
  final Expression iterated() {
    return counted(() -> tuple(this::or));
  }

  private Expression tuple(Supplier<Expression> part) {
    Expression first = part.get();
    if (!peek().is(",")) {
      return first;
    }
    var parts = new ArrayList<>(List.of(first));
    while (accept(",") && !endsTuple()) {
      parts.add(part.get());
    }
    return scope -> new Values.Tuple(values(parts, scope));
  }

  private boolean endsTuple() {
    Kind kind = peek().kind();
    return peek().is(")") || kind == Kind.END_BLOCK || kind == Kind.END_PRINT;
  }

  /** It costs a step for each of its tokens. */
  private Expression counted(Supplier<Expression> reading) {
    int from = read();
    Expression value = reading.get();
    int cost = read() - from;
    return s -> {
      Budget.steps(cost);
      return value.value(s);
    };
  }

  final Expression expression() {
    Expression value = or();
    while (accept("if")) {
      Expression then = value;
      Expression condition = or();
      Expression otherwise =
          accept("else") ? inside(this::expression) : s -> new Values.Undefined("else");
      value = s -> condition.truth(s) ? then.value(s) : otherwise.value(s);
    }
    return value;
  }

  final Expression or() {
    return oneOf("or", true, this::and);
  }

  private Expression and() {
    return oneOf("and", false, this::not);
  }

  /** The first part that decides, or else the last. */
  private Expression oneOf(String operator, boolean decides, Supplier<Expression> part) {
    return chain(
        Set.of(operator),
        part,
        (first, chain) ->
            s -> {
              Object value = first.value(s);
              for (Operation each : chain) {
                if (Values.truth(value) == decides) {
                  return value;
                }
                value = each.operand().value(s);
              }
              return value;
            });
  }

  private Expression not() {
    if (accept("not")) {
      Expression value = inside(this::not);
      return s -> !value.truth(s);
    }
    return comparison();
  }

  /** What is done to the value before: an operator with what stands behind it. */
  private record Operation(String operator, boolean negated, Expression operand) {}

  /** A chain such as {@code a < b < c} means both. */
  private Expression comparison() {
    Expression first = sum();
    List<Operation> chain = new ArrayList<>();
    while ((COMPARISONS.contains(peek().text()) && peek().is(peek().text())) || notIn()) {
      boolean negated = accept("not");
      chain.add(new Operation(next().text(), negated, sum()));
    }
    if (chain.isEmpty()) {
      return first;
    }
    return s -> {
      Object left = first.value(s);
      for (Operation each : chain) {
        Object right = each.operand().value(s);
        if (compare(each.operator(), left, right) == each.negated()) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private boolean notIn() {
    return peek().is("not") && peekSecond().is("in");
  }

  private static boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Comparisons.same(a, b);
      case "!=" -> !Comparisons.same(a, b);
      case "<" -> Comparisons.compare(a, b) < 0;
      case "<=" -> Comparisons.compare(a, b) <= 0;
      case ">" -> Comparisons.compare(a, b) > 0;
      case ">=" -> Comparisons.compare(a, b) >= 0;
      default -> Comparisons.contains(b, a);
    };
  }

  private Expression sum() {
    return arithmetic(Set.of("+", "-"), this::joined);
  }

  private Expression joined() {
    return chain(
        Set.of("~"),
        this::product,
        (first, chain) ->
            s -> {
              Text.Builder text = new Text.Builder().add(Literals.text(first.value(s)));
              chain.forEach(each -> text.add(Literals.text(each.operand().value(s))));
              return text.text();
            });
  }

  private Expression product() {
    return arithmetic(Set.of("*", "/", "//", "%"), this::power);
  }

  private Expression power() {
    return arithmetic(Set.of("**"), () -> unary(true));
  }

  /** One after the other, from the left. */
  private Expression arithmetic(Set<String> operators, Supplier<Expression> operand) {
    return chain(
        operators,
        operand,
        (first, chain) ->
            s -> {
              Object left = first.value(s);
              for (Operation each : chain) {
                left = Arithmetic.arithmetic(each.operator(), left, each.operand().value(s));
              }
              return left;
            });
  }

  /** Operands with operators between, and what they mean; a single one means itself. */
  private Expression chain(
      Set<String> operators,
      Supplier<Expression> operand,
      BiFunction<Expression, List<Operation>, Expression> meaning) {
    Expression first = operand.get();
    List<Operation> chain = new ArrayList<>();
    while (operators.contains(peek().text()) && peek().is(peek().text())) {
      chain.add(new Operation(next().text(), false, operand.get()));
    }
    return chain.isEmpty() ? first : meaning.apply(first, chain);
  }

  private Expression unary(boolean filtered) {
    Expression value;
    if (peek().is("-") || peek().is("+")) {
      String sign = next().text();
      Expression number = inside(() -> unary(false));
      value = s -> Arithmetic.signed(sign, number.value(s));
    } else {
      value = postfix(primary());
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
        long value = Values.wholeNumber("line " + token.line(), token.text());
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
          case "(" -> inside(this::parenthesis);
          case "[" -> inside(this::list);
          case "{" -> inside(this::map);
          default -> throw unexpected(token);
        };
      }
    }
  }

  private Expression name(String name) {
    if (Macro.UNDECLARED.contains(name)) {
      undeclared.add(name);
    }
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
    Expression value = tuple(this::expression);
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
        map.put(Values.key(keys.get(i).value(s)), values.get(i).value(s));
      }
      return map;
    };
  }

  private static List<Object> values(List<Expression> parts, Variables scope) {
    var values = new ArrayList<Object>();
    parts.forEach(part -> values.add(part.value(scope)));
    return values;
  }

  /** What is done to the value before it. */
  interface Step {
    Object next(Variables scope, Object value);
  }

  static Expression chain(Expression start, List<Step> steps) {
    if (steps.isEmpty()) {
      return start;
    }
    Step all = inTurn(steps);
    return s -> all.next(s, start.value(s));
  }

  private static Step inTurn(List<Step> steps) {
    return (s, value) -> {
      Object result = value;
      for (Step step : steps) {
        result = step.next(s, result);
      }
      return result;
    };
  }

  private Expression postfix(Expression start) {
    List<Step> steps = new ArrayList<>();
    while (peek().is(".") || peek().is("[") || peek().is("(")) {
      if (accept(".")) {
        Token name = next();
        if (name.kind() == Kind.INTEGER) {
          long index = Values.wholeNumber("line " + name.line(), name.text());
          steps.add((s, object) -> Lookup.item(object, index));
        } else if (name.kind() == Kind.NAME) {
          steps.add((s, object) -> Lookup.attribute(object, name.text()));
        } else {
          throw unexpected(name);
        }
      } else if (accept("[")) {
        steps.add(inside(this::subscript));
      } else {
        steps.add(call());
      }
    }
    return chain(start, steps);
  }

  private Step subscript() {
    Expression nothing = s -> None.NONE;
    Expression first = peek().is(":") ? nothing : tuple(this::expression);
    if (accept("]")) {
      return (s, object) -> Lookup.item(object, first.value(s));
    }
    expect(":");
    Expression last = peek().is(":") || peek().is("]") ? nothing : expression();
    Expression step = accept(":") && !peek().is("]") ? expression() : nothing;
    expect("]");
    return (s, object) -> Lookup.slice(object, first.value(s), last.value(s), step.value(s));
  }

  private Step call() {
    int line = peek().line();
    Call arguments = arguments();
    return (s, called) -> Call.call(line, called, arguments.values(s));
  }

  final Call arguments() {
    return inside(
        () -> {
          expect("(");
          var call =
              new Call(
                  new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
          while (!accept(")")) {
            if (accept("*")) {
              call.lists().add(expression());
            } else if (accept("**")) {
              call.maps().add(expression());
            } else if (peek().kind() == Kind.NAME && peekSecond().is("=")) {
              String name = next().text();
              expect("=");
              call.named().put(name, expression());
            } else {
              call.positional().add(expression());
            }
            separator(")");
          }
          return call;
        });
  }

  /** Filters, tests and calls, one behind the other. */
  private Expression filtered(Expression start) {
    List<Step> steps = new ArrayList<>();
    while (peek().is("|") || peek().is("is") || (peek().is("(") && !steps.isEmpty())) {
      if (accept("|")) {
        steps.add(filter());
      } else {
        steps.add(peek().is("is") ? test() : call());
      }
    }
    return chain(start, steps);
  }

  /** Filters with bars between, the first without one. */
  final Step filters() {
    List<Step> steps = new ArrayList<>(List.of(filter()));
    while (accept("|")) {
      steps.add(filter());
    }
    return inTurn(steps);
  }

  private Step filter() {
    String name = name();
    Call call = peek().is("(") ? arguments() : Call.NONE;
    return (s, value) -> Filters.apply(name, value, call.values(s));
  }

  private Step test() {
    expect("is");
    boolean negated = accept("not");
    String name = name();
    Call call = Call.NONE;
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
      call = new Call(List.of(postfix(primary())), Map.of(), List.of(), List.of());
    }
    Call given = call;
    return (s, value) -> Tests.test(name, value, given.values(s)) != negated;
  }

  /** Which names a macro's body reads that it need not declare. */
  final Set<String> undeclared(Runnable reading) {
    Set<String> before = Set.copyOf(undeclared);
    undeclared.clear();
    reading.run();
    Set<String> found = Set.copyOf(undeclared);
    undeclared.addAll(before);
    return found;
  }
}
