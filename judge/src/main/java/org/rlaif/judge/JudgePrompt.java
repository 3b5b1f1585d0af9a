package org.rlaif.judge;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * How a question is put to a language model, in the parts of Lee et al. 2023 (arXiv 2309.00267,
 * section 2.1): a preamble with the principles, the prompt, the completions, and an ending after
 * which the next thing to say is the answer.
 *
 * @param <Q> what is asked
 */
public final class JudgePrompt<Q> {
  private final List<String> names;
  private final Function<Q, List<String>> texts;
  private final String text;
  private final String preamble;
  private final Template template;

  /**
   * @param shipped the template that is taken without a {@code file}
   * @param names of the texts of a question, in the template, in their order
   */
  private JudgePrompt(
      String shipped,
      List<String> names,
      Function<Q, List<String>> texts,
      @Nullable String file,
      String preamble) {
    this.names = names;
    this.texts = texts;
    String whole = file == null ? Resources.text(JudgePrompt.class, shipped) : read(Path.of(file));
    // Without the line break that files end in: the answer follows the last word directly.
    this.text = whole.stripTrailing();
    this.preamble = preamble.strip();
    this.template = compile(file == null ? "template" : file);
  }

  /**
   * Which of two completions is better, 1 or 2.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param preamble the principles, in words
   */
  public static JudgePrompt<Question> comparing(@Nullable String template, String preamble) {
    return new JudgePrompt<>(
        "templates/compare.mustache",
        List.of("prompt", "first", "second"),
        question -> List.of(question.prompt(), question.first(), question.second()),
        template,
        preamble);
  }

  /**
   * How good one completion is, from 1 to 10.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param preamble the principles, in words
   */
  public static JudgePrompt<Rated> rating(@Nullable String template, String preamble) {
    return new JudgePrompt<>(
        "templates/rate.mustache",
        List.of("prompt", "completion"),
        rated -> List.of(rated.prompt(), rated.completion()),
        template,
        preamble);
  }

  private static String read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file + ": no such file");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Refuses a template in which a part is missing. */
  private Template compile(String source) {
    List<String> marks = List.of("\u0001", "\u0002", "\u0003").subList(0, names.size());
    try {
      Template compiled = Mustache.compiler().escapeHTML(false).compile(text);
      String sample = compiled.execute(filled(marks));
      UserError.require(
          marks.stream().allMatch(sample::contains),
          source,
          "a part is missing",
          "{{" + String.join("}}, {{", names) + "}} in it");
      return compiled;
    } catch (MustacheException e) {
      throw new UserError(
          "%s: %s (expected: a Mustache template of preamble, %s)"
              .formatted(source, e.getMessage(), String.join(", ", names)),
          e);
    }
  }

  private Map<String, String> filled(List<String> values) {
    Map<String, String> filled = new LinkedHashMap<>(Map.of("preamble", preamble));
    for (int i = 0; i < values.size(); i++) {
      filled.put(names.get(i), values.get(i).strip());
    }
    return filled;
  }

  /** The text after which the answer comes. Completions lose the white space around them. */
  public String render(Q question) {
    return template.execute(filled(texts.apply(question)));
  }

  /** What decides how a question is put. */
  Map<String, String> parts() {
    return Map.of("template", text, "preamble", preamble);
  }
}
