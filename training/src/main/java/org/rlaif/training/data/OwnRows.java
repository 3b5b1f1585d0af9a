package org.rlaif.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Preference;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.Row;

/** Rows as they are written here, with all that stands in them: {@code rlaif}'s own layout. */
final class OwnRows {
  /** How columns are called that hold lists and objects; in CSV these are text. */
  private static final List<String> NESTED = List.of("provenance", "tokens", "authors", "ratings");

  /** By a column that nothing else has, and in this order. */
  private static final List<Map.Entry<String, Class<? extends Record>>> TYPES =
      List.of(
          Map.entry("probabilityFirst", Preference.class),
          Map.entry("probabilityDesirable", UnpairedPreference.class),
          Map.entry("ratings", RatedCompletion.class));

  private OwnRows() {}

  /** Whether nothing is said of what rows are, so that they may be our own. */
  static boolean mayBe(DataConfig config) {
    return config.layout() == DataConfig.Layout.AUTO
        && config.promptTemplate().isEmpty()
        && config.completionPrefix().isEmpty()
        && config.system().isEmpty()
        && !config.chat();
  }

  /** What a row of our layout says; null: it is none. */
  static @Nullable Convertible read(Row row) {
    Class<? extends Record> type = type(row);
    if (type == null) {
      return null;
    }
    ObjectNode known = row.columns().deepCopy();
    ObjectNode more = row.columns().deepCopy();
    List<String> keys =
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    known.retain(keys);
    more.remove(keys);
    known.properties().removeIf(each -> each.getValue().isNull());
    more.properties().removeIf(each -> each.getValue().isNull());
    try {
      for (String column : NESTED) {
        JsonNode value = known.path(column);
        if (value.isTextual()) {
          known.set(column, Json.MAPPER.readTree(value.textValue()));
        }
      }
      if (known.path("ratings") instanceof ObjectNode ratings) {
        ratings.properties().removeIf(each -> each.getValue().isNull());
      }
      return of(Json.MAPPER.treeToValue(known, type), more);
    } catch (JsonProcessingException e) {
      throw row.error("columns", row.names(), "a row of rlaif's; " + Json.describe(e));
    }
  }

  private static @Nullable Class<? extends Record> type(Row row) {
    if (!row.columns().path("id").isTextual() || !row.has("prompt")) {
      return null;
    }
    for (Map.Entry<String, Class<? extends Record>> each : TYPES) {
      if (row.has(each.getKey()) && row.has("provenance")) {
        return each.getValue();
      }
    }
    boolean example =
        row.columns().path("completion").isTextual()
            && !row.has("chosen")
            && !row.has("rejected")
            && !row.has("label");
    return example ? Example.class : null;
  }

  /** What a completion is worth does not say whether it is learned, but a verdict does. */
  private static Convertible of(Record record, ObjectNode more) {
    if (record instanceof Preference p) {
      String better = p.probabilityFirst() > 0.5 ? p.first() : p.second();
      Example chosen =
          p.probabilityFirst() == 0.5 || better.isEmpty()
              ? null
              : new Example(p.id(), p.prompt(), better);
      return new Convertible(List.of(p), null, null, chosen, more);
    }
    if (record instanceof UnpairedPreference u) {
      Example wanted =
          u.probabilityDesirable() > 0.5 ? new Example(u.id(), u.prompt(), u.completion()) : null;
      return new Convertible(List.of(), u, null, wanted, more);
    }
    if (record instanceof RatedCompletion r) {
      Example any = new Example(r.id(), r.prompt(), r.completion());
      return new Convertible(List.of(), null, r, any, more);
    }
    return new Convertible(List.of(), null, null, (Example) record, more);
  }
}
