package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two completions of one prompt.
 *
 * @param probabilityFirst how probable it is that the first is the better one, from 0 to 1
 * @param tokens of both, as a policy sampled them; null, and in JSON absent: they are known as text
 *     alone
 * @param authors who wrote them, if it is known; else null, and in JSON absent
 * @param confidence of whoever gave it, on a scale of their own, such as 1 to 9; null, and in JSON
 *     absent: nobody has said it
 */
public record Preference(
    String id,
    Prompt prompt,
    String first,
    String second,
    double probabilityFirst,
    Provenance provenance,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Tokens tokens,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Authors authors,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double confidence)
    implements Labelled<Preference> {
  /** The ids of both completions. */
  public record Tokens(List<Integer> first, List<Integer> second) {
    public Tokens {
      first = List.copyOf(first);
      second = List.copyOf(second);
    }
  }

  /** Names of the policies, models or people who wrote both completions. */
  public record Authors(String first, String second) {}

  public Preference {
    require(
        probabilityFirst >= 0 && probabilityFirst <= 1,
        "probabilityFirst",
        probabilityFirst,
        "from 0 to 1, in the preference " + id);
  }

  /** The same of another prompt. */
  public Preference about(Prompt other) {
    return new Preference(
        id, other, first, second, probabilityFirst, provenance, tokens, authors, confidence);
  }

  @Override
  public Preference from(Provenance other) {
    return new Preference(
        id, prompt, first, second, probabilityFirst, other, tokens, authors, confidence);
  }

  public Preference(
      String id,
      Prompt prompt,
      String first,
      String second,
      double probabilityFirst,
      Provenance provenance,
      @Nullable Tokens tokens) {
    this(id, prompt, first, second, probabilityFirst, provenance, tokens, null, null);
  }

  public Preference(
      String id,
      Prompt prompt,
      String first,
      String second,
      double probabilityFirst,
      Provenance provenance) {
    this(id, prompt, first, second, probabilityFirst, provenance, null);
  }
}
