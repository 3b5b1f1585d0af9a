package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.None;

/** Python's {@code json.dumps}, with letters as they are unless they should be ASCII. */
final class JsonText {
  private final Text.Builder out = new Text.Builder();
  private final Text indent;
  private final boolean lines;
  private final Text comma;
  private final Text colon;
  private final boolean sorted;
  private final boolean ascii;

  private JsonText(Arguments a) {
    Object width = a.get(1, "indent", None.NONE);
    this.lines = width != None.NONE;
    this.indent =
        width instanceof Text text
            ? text
            : Text.written(" ").times(lines ? Math.max(0, Values.whole(width)) : 0);
    Object separators = a.get(2, "separators", None.NONE);
    boolean usual = separators == None.NONE;
    List<Object> both = usual ? List.of() : Values.list(separators);
    if (!usual && both.size() != 2) {
      throw new JinjaException("tojson: " + both.size() + " separators (expected: 2)");
    }
    this.comma = usual ? Text.written(lines ? "," : ", ") : Literals.text(both.get(0));
    this.colon = usual ? Text.written(": ") : Literals.text(both.get(1));
    this.sorted = Values.truth(a.get(3, "sort_keys", false));
    this.ascii = Values.truth(a.get(0, "ensure_ascii", false));
  }

  static Text of(Object value, Arguments arguments) {
    var json = new JsonText(arguments);
    json.write(value, 1);
    return json.out.text();
  }

  private void write(Object value, int depth) {
    if (depth > Budget.MOST_NESTED) {
      throw Budget.tooDeep();
    }
    Budget.steps(1);
    if (value instanceof Text text) {
      string(text);
    } else if (value instanceof List<?> list) {
      out.add("[");
      for (int i = 0; i < list.size(); i++) {
        next(i, depth);
        write(list.get(i), depth + 1);
      }
      end("]", list.isEmpty(), depth);
    } else if (value instanceof Map<?, ?> map) {
      map(map, depth);
    } else if (value instanceof Boolean || value instanceof Long) {
      out.add(value.toString());
    } else if (value instanceof Double number) {
      out.add(number(number));
    } else if (value == None.NONE) {
      out.add("null");
    } else {
      throw new JinjaException("tojson: " + Values.kind(value) + " is not JSON");
    }
  }

  private void map(Map<?, ?> map, int depth) {
    out.add("{");
    List<Object> keys = new ArrayList<>(map.keySet());
    if (sorted) {
      keys.sort(Comparisons::compare);
    }
    for (int i = 0; i < keys.size(); i++) {
      next(i, depth);
      string(key(keys.get(i)));
      out.add(colon);
      write(Objects.requireNonNull(map.get(keys.get(i))), depth + 1);
    }
    end("}", map.isEmpty(), depth);
  }

  private static String number(double number) {
    return Double.isNaN(number)
        ? "NaN"
        : Double.isInfinite(number)
            ? number > 0 ? "Infinity" : "-Infinity"
            : Literals.number(number);
  }

  private void next(int index, int depth) {
    out.add(index == 0 ? Text.EMPTY : comma);
    if (lines) {
      out.add("\n").add(indent.times(depth));
    }
  }

  private void end(String bracket, boolean empty, int depth) {
    if (lines && !empty) {
      out.add("\n").add(indent.times(depth - 1));
    }
    out.add(bracket);
  }

  private void string(Text text) {
    out.add("\"");
    String letters = text.toString();
    int plain = 0; // from there on letters stay as they are
    for (int i = 0; i < letters.length(); i++) {
      String escaped = escaped(letters.charAt(i));
      if (!escaped.isEmpty()) {
        out.add(text.part(plain, i)).add(escaped);
        plain = i + 1;
      }
    }
    out.add(text.part(plain, letters.length())).add("\"");
  }

  /** Empty: it stays as it is. */
  private String escaped(char c) {
    int known = "\"\\\n\r\t\b\f".indexOf(c);
    if (known >= 0) {
      return "\\" + "\"\\nrtbf".charAt(known);
    }
    return c < 0x20 || (ascii && c > 0x7f) ? String.format("\\u%04x", (int) c) : "";
  }

  /** Keys are texts, or what JSON has beside them. */
  private static Text key(Object key) {
    if (key instanceof Boolean b) {
      return Text.written(b ? "true" : "false");
    }
    return key == None.NONE ? Text.written("null") : Literals.text(key);
  }
}
