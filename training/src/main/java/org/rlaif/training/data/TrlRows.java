package org.rlaif.training.data;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;

/**
 * Rows in the data set types of TRL (huggingface.co/docs/trl/dataset_formats): preference with an
 * explicit prompt, unpaired preference, prompt-completion, language modelling, prompt-only; of
 * messages where the prompt is a conversation. There are no soft labels: what is less sure than 1
 * is counted, and a tie is left out.
 *
 * @param leftOut what is not written, by the reason
 * @param noted what is to be known about what is written
 */
record TrlRows(Map<String, Integer> leftOut, Map<String, Integer> noted) {
  private static final String TIES = "ties";
  private static final String SOFT = "softLabelsMadeHard";

  /** What a record becomes; null: it is left out. */
  @Nullable ObjectNode row(Object of) {
    if (of instanceof Preference p) {
      return preference(p);
    }
    if (of instanceof UnpairedPreference u) {
      return unpaired(u);
    }
    require(
        of instanceof Example, "--to trl", "rated completions", "--as completion, or --to rlaif");
    return example((Example) of);
  }

  private @Nullable ObjectNode preference(Preference p) {
    if (!isDecided(p.probabilityFirst())) {
      return null;
    }
    boolean first = p.probabilityFirst() > 0.5;
    ObjectNode row = prompt(p.prompt());
    row.set("chosen", answer(p.prompt(), first ? p.first() : p.second()));
    row.set("rejected", answer(p.prompt(), first ? p.second() : p.first()));
    return row;
  }

  private @Nullable ObjectNode unpaired(UnpairedPreference u) {
    if (!isDecided(u.probabilityDesirable())) {
      return null;
    }
    ObjectNode row = prompt(u.prompt());
    row.set("completion", answer(u.prompt(), u.completion()));
    return row.put("label", u.probabilityDesirable() > 0.5);
  }

  private boolean isDecided(double probability) {
    RowCounts.add(leftOut, TIES, probability == 0.5 ? 1 : 0);
    RowCounts.add(noted, SOFT, probability == 0.5 || Math.abs(probability - 0.5) == 0.5 ? 0 : 1);
    return probability != 0.5;
  }

  private static ObjectNode example(Example example) {
    if (!example.hasCompletion()) {
      return prompt(example.prompt());
    }
    if (!example.everyTurn()) {
      ObjectNode row = prompt(example.prompt());
      row.set("completion", answer(example.prompt(), example.completion()));
      return row;
    }
    Prompt whole = example.prompt().followedBy(List.of(Message.assistant(example.completion())));
    ObjectNode row = Json.MAPPER.createObjectNode();
    row.set(whole instanceof Prompt.Chat ? "messages" : "text", Json.MAPPER.valueToTree(whole));
    return row;
  }

  private static ObjectNode prompt(Prompt prompt) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    row.set("prompt", Json.MAPPER.valueToTree(prompt));
    return row;
  }

  private static JsonNode answer(Prompt prompt, String text) {
    return prompt instanceof Prompt.Chat
        ? Json.MAPPER.valueToTree(List.of(Message.assistant(text)))
        : TextNode.valueOf(text);
  }

  /** Refuses rows of which some have other columns, or messages in the place of text. */
  static void requireAlike(List<ObjectNode> rows) {
    for (int i = 1; i < rows.size(); i++) {
      if (!shape(rows.get(i)).equals(shape(rows.get(0)))) {
        throw UserError.expected(
            "row " + (i + 1) + " of those to be written",
            shape(rows.get(i)),
            shape(rows.get(0)) + " as those before it: all of a file are of one type");
      }
    }
  }

  private static List<String> shape(ObjectNode row) {
    return row.properties().stream()
        .map(each -> each.getKey() + (each.getValue().isArray() ? " of messages" : ""))
        .toList();
  }
}
