package org.rlaif.model.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with white space treated as transformers has set it: the newline
 * after a block goes ({@code trim_blocks}), and so do the blanks before a block that begins its
 * line ({@code lstrip_blocks}).
 */
final class Lexer {
  enum Kind {
    TEXT,
    BEGIN_PRINT,
    END_PRINT,
    BEGIN_BLOCK,
    END_BLOCK,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  record Token(Kind kind, String text, int line) {
    boolean is(String operatorOrName) {
      return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrName);
    }
  }

  private static final Pattern OPENING = Pattern.compile("\\{[{%#]");
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(?<sign>-?)%\\}");
  private static final Pattern END_RAW =
      Pattern.compile("\\{%(?<before>[-+]?)\\s*endraw\\s*(?<after>[-+]?)%\\}");
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<space>\\s+)"
              + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
              + "|(?<float>\\d+(?:\\.\\d+(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+))"
              + "|(?<integer>\\d+)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<operator>\\*\\*|//|==|!=|<=|>=|[-+*/%~|()\\[\\]{},.:=<>])",
          Pattern.DOTALL);

  /** The kinds that have a group of the pattern. */
  private static final Set<Kind> WORDS =
      EnumSet.of(Kind.NAME, Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.OPERATOR);

  private static final Map<String, String> BRACKETS = Map.of("(", ")", "[", "]", "{", "}");
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\n)|([\\\\'\"abfnrtv]))");
  private static final String ESCAPED = "\\'\"abfnrtv";
  private static final String MEANT = "\\'\"\u0007\b\f\n\r\t\u000b";

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** The line of an index, which only grows. */
  private int line = 1;

  private int lineAt;
  private boolean stripNext;
  private boolean trimNext;

  private Lexer(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  static List<Token> tokens(String source) {
    var lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    Matcher opening = OPENING.matcher(source);
    while (opening.find(at)) {
      char kind = source.charAt(opening.start() + 1);
      char sign = opening.end() < source.length() ? source.charAt(opening.end()) : ' ';
      text(opening.start(), kind, sign);
      Matcher raw = RAW.matcher(source).region(opening.start(), source.length());
      if (kind == '%' && raw.lookingAt()) {
        raw(raw);
        continue;
      }
      at = opening.end() + (sign == '-' || (sign == '+' && kind == '%') ? 1 : 0);
      switch (kind) {
        case '#' -> comment();
        case '%' -> inside(Kind.BEGIN_BLOCK, Kind.END_BLOCK, "%}");
        default -> inside(Kind.BEGIN_PRINT, Kind.END_PRINT, "}}");
      }
    }
    text(source.length(), ' ', ' ');
    add(Kind.END, "the end of the template");
  }

  /** Up to the end of a raw block everything is text. */
  private void raw(Matcher begin) {
    at = begin.end();
    stripNext = !begin.group("sign").isEmpty();
    trimNext = false;
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw error("raw without endraw");
    }
    String before = end.group("before");
    text(end.start(), '%', before.isEmpty() ? ' ' : before.charAt(0));
    at = end.end();
    stripNext = end.group("after").equals("-");
    trimNext = end.group("after").isEmpty();
  }

  /** The text before an opening. */
  private void text(int end, char kind, char sign) {
    String text = source.substring(at, end);
    if (stripNext) {
      text = text.stripLeading();
    } else if (trimNext && text.startsWith("\n")) {
      text = text.substring(1);
    }
    if (sign == '-') {
      text = text.stripTrailing();
    } else if ((kind == '%' || kind == '#') && sign != '+') {
      int line = source.lastIndexOf('\n', end - 1) + 1;
      if (line >= at && source.substring(line, end).isBlank()) {
        text = text.substring(0, Math.max(0, text.length() - (end - line)));
      }
    }
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error("a comment without #}");
    }
    closed(end, 2, true);
  }

  private void inside(Kind begin, Kind end, String closing) {
    add(begin, "");
    Deque<String> open = new ArrayDeque<>();
    Matcher matcher = TOKEN.matcher(source);
    while (at < source.length()) {
      if (open.isEmpty()) {
        boolean signed = source.startsWith(closing, at + 1) && "-+".indexOf(source.charAt(at)) >= 0;
        if (signed || source.startsWith(closing, at)) {
          add(end, "");
          closed(at + (signed ? 1 : 0), 2, end == Kind.END_BLOCK);
          return;
        }
      }
      matcher.region(at, source.length());
      if (!matcher.lookingAt()) {
        throw error("unexpected " + source.charAt(at));
      }
      token(matcher, open);
      at = matcher.end();
    }
    throw error("no " + closing);
  }

  /** Moves behind a closing, and remembers what it does to the white space that follows. */
  private void closed(int closing, int length, boolean trims) {
    char sign = closing > 0 ? source.charAt(closing - 1) : ' ';
    at = closing + length;
    stripNext = sign == '-';
    trimNext = trims && sign != '+';
  }

  private void token(Matcher matcher, Deque<String> open) {
    String text = matcher.group();
    for (Kind kind : WORDS) {
      if (matcher.group(kind.name().toLowerCase(Locale.ROOT)) != null) {
        add(kind, kind == Kind.STRING ? unescaped(text.substring(1, text.length() - 1)) : text);
      }
    }
    if (BRACKETS.containsKey(text)) {
      open.push(BRACKETS.get(text));
    } else if (BRACKETS.containsValue(text) && (open.isEmpty() || !open.pop().equals(text))) {
      throw error("unexpected " + text);
    }
  }

  private static String unescaped(String literal) {
    return ESCAPE
        .matcher(literal)
        .replaceAll(
            match -> {
              String code = match.group(1) == null ? match.group(2) : match.group(1);
              String meant =
                  code != null
                      ? String.valueOf((char) Integer.parseInt(code, 16))
                      : match.group(3) != null
                          ? ""
                          : MEANT.substring(
                              ESCAPED.indexOf(match.group(4)), ESCAPED.indexOf(match.group(4)) + 1);
              return Matcher.quoteReplacement(meant);
            });
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line()));
  }

  private int line() {
    for (; lineAt < at; lineAt++) {
      line += source.charAt(lineAt) == '\n' ? 1 : 0;
    }
    return line;
  }

  private JinjaException error(String what) {
    return new JinjaException("line " + line() + ": " + what);
  }
}
