package org.rlaif.model.jinja;

import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.None;

/** Python's {@code json.dumps}, with letters as they are. */
final class Json {
  private final Text.Builder out = new Text.Builder();
  private final String indent;
  private final boolean lines;

  private Json(String indent, boolean lines) {
    this.indent = indent;
    this.lines = lines;
  }

  static Text text(Object value, Object indent) {
    var json =
        new Json(
            indent instanceof Long width ? " ".repeat(Math.toIntExact(width)) : indent.toString(),
            indent != None.NONE);
    json.write(value, 1);
    return json.out.text();
  }

  private void write(Object value, int depth) {
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
      out.add("{");
      int i = 0;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        next(i++, depth);
        string(Values.text(entry.getKey()));
        out.add(": ");
        write(entry.getValue(), depth + 1);
      }
      end("}", map.isEmpty(), depth);
    } else if (value instanceof Boolean || value instanceof Long) {
      out.add(value.toString());
    } else if (value instanceof Double number) {
      out.add(Values.number(number));
    } else if (value == None.NONE) {
      out.add("null");
    } else {
      throw new JinjaException("tojson: " + Values.kind(value) + " is not JSON");
    }
  }

  private void next(int index, int depth) {
    out.add(index == 0 ? "" : lines ? "," : ", ");
    if (lines) {
      out.add("\n" + indent.repeat(depth));
    }
  }

  private void end(String bracket, boolean empty, int depth) {
    out.add((lines && !empty ? "\n" + indent.repeat(depth - 1) : "") + bracket);
  }

  private void string(Text text) {
    out.add("\"");
    for (int i = 0; i < text.toString().length(); i++) {
      char c = text.toString().charAt(i);
      int known = "\"\\\n\r\t\b\f".indexOf(c);
      if (known >= 0) {
        out.add("\\" + "\"\\nrtbf".charAt(known));
      } else if (c < 0x20) {
        out.add(String.format("\\u%04x", (int) c));
      } else {
        out.add(text.letter(i));
      }
    }
    out.add("\"");
  }
}
