package org.rlaif.judge.together;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;
import org.rlaif.kit.UserFiles;

/**
 * How a question about all completions of a prompt is put: a Mustache template of {@code preamble},
 * {@code prompt}, {@code completions}, each with {@code number} and {@code text}, their {@code
 * count}, and what more is asked about.
 */
final class TogetherPrompt {
  private static final long MOST_BYTES = 1 << 20;

  private final String text;
  private final String preamble;
  private final Template template;

  /**
   * @param shipped the template that is taken without a {@code file}
   * @param more names of what it is rendered with besides, all of which have to stand in it
   */
  TogetherPrompt(String shipped, @Nullable String file, String preamble, List<String> more) {
    String whole =
        file == null
            ? Resources.text(TogetherPrompt.class, shipped)
            : UserFiles.text(Path.of(file), MOST_BYTES);
    this.text = whole.stripTrailing();
    this.preamble = preamble.strip();
    this.template = compile(file == null ? shipped : file, more);
  }

  private Template compile(String source, List<String> more) {
    try {
      Template compiled = Mustache.compiler().escapeHTML(false).compile(text);
      Map<String, Object> marks = new LinkedHashMap<>();
      more.forEach(name -> marks.put(name, "\u0004" + name + "\u0005"));
      marks.put("notApplicable", true);
      String sample = compiled.execute(filled("\u0001", List.of("\u0002", "\u0003"), marks));
      boolean whole =
          List.of("\u0001", "\u0002", "\u0003").stream().allMatch(sample::contains)
              && more.stream().allMatch(name -> sample.contains("\u0004" + name + "\u0005"));
      UserError.require(
          whole,
          source,
          "a part is missing",
          "{{prompt}}, {{#completions}}{{number}}, {{text}}{{/completions}}"
              + String.join("", more.stream().map(name -> ", {{" + name + "}}").toList())
              + " in it");
      return compiled;
    } catch (MustacheException e) {
      throw new UserError(source + ": " + e.getMessage() + " (expected: a Mustache template)", e);
    }
  }

  private Map<String, Object> filled(
      String prompt, List<String> completions, Map<String, Object> more) {
    Map<String, Object> filled = new LinkedHashMap<>(more);
    filled.put("preamble", preamble);
    filled.put("prompt", prompt.strip());
    List<Map<String, Object>> shown = new ArrayList<>();
    for (String each : completions) {
      shown.add(Map.of("number", shown.size() + 1, "text", each.strip()));
    }
    filled.put("completions", shown);
    filled.put("count", completions.size());
    return filled;
  }

  String render(String prompt, List<String> completions, Map<String, Object> more) {
    return template.execute(filled(prompt, completions, more));
  }

  /** What decides how a question is put. */
  Map<String, String> parts() {
    return Map.of("template", text, "preamble", preamble);
  }
}
