package org.rlaif.model.jinja;

import java.util.List;
import java.util.function.Supplier;
import org.rlaif.model.jinja.Lexer.Kind;
import org.rlaif.model.jinja.Lexer.Token;

/**
 * Goes through tokens from the first to the last; what does not belong where it stands is named.
 */
class TokenReader {
  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** How many tokens were read. */
  final int read() {
    return at;
  }

  /** What is inside of something else. */
  final <T> T inside(Supplier<T> reading) {
    if (++depth > Budget.MOST_NESTED) {
      throw new JinjaException("line " + peek().line() + ": " + Budget.tooDeep().getMessage());
    }
    T result = reading.get();
    depth--;
    return result;
  }

  final Token peek() {
    return tokens.get(at);
  }

  /** The one behind that. */
  final Token peekSecond() {
    return tokens.get(at + 1);
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

  /** A comma, or the end that comes next. */
  final void separator(String end) {
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
