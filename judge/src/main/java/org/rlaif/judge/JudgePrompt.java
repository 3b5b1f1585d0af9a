package org.rlaif.judge;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * How a question is put to a language model, in the parts of Lee et al. 2023 (arXiv 2309.00267,
 * section 2.1): a preamble with the principles, the prompt, the two completions, and an ending
 * after which the next thing to say is "1" or "2".
 */
public final class JudgePrompt {
  private final String text;
  private final String preamble;
  private final Template template;

  private JudgePrompt(String source, String text, String preamble) {
    // Without the line break that files end in: the answer follows the last word directly.
    this.text = text.stripTrailing();
    this.preamble = preamble.strip();
    try {
      this.template = Mustache.compiler().escapeHTML(false).compile(this.text);
      String sample = render(new Question("\u0001", "\u0002", "\u0003"));
      for (String part : new String[] {"\u0001", "\u0002", "\u0003"}) {
        UserError.require(
            sample.contains(part),
            source,
            "a part is missing",
            "{{prompt}}, {{first}} and {{second}} in it");
      }
    } catch (MustacheException e) {
      throw new UserError(
          source
              + ": "
              + e.getMessage()
              + " (expected: a Mustache template of preamble, prompt, first and second)",
          e);
    }
  }

  /**
   * The question with the principles of a rubric.
   *
   * @param template a Mustache file; null: the one that is shipped
   */
  static JudgePrompt of(@Nullable String template, Rubric rubric) {
    return template == null
        ? shipped(rubric.preamble())
        : read(Path.of(template), rubric.preamble());
  }

  /** The template that is shipped. */
  public static JudgePrompt shipped(String preamble) {
    return new JudgePrompt(
        "template", Resources.text(JudgePrompt.class, "templates/compare.mustache"), preamble);
  }

  /** A template of the user's own. */
  public static JudgePrompt read(Path file, String preamble) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file + ": no such file");
    }
    try {
      return new JudgePrompt(file.toString(), Files.readString(file), preamble);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The text after which the answer comes. Completions lose the white space around them. */
  public String render(Question question) {
    return template.execute(
        Map.of(
            "preamble", preamble,
            "prompt", question.prompt().strip(),
            "first", question.first().strip(),
            "second", question.second().strip()));
  }

  /** What decides how a question is put. */
  Map<String, String> parts() {
    return Map.of("template", text, "preamble", preamble);
  }
}
