package org.rlaif.training.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Preference;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;

/**
 * What a row can be written as.
 *
 * @param more columns that none of that has; our layout keeps them
 */
record Convertible(
    List<Preference> preferences,
    @Nullable UnpairedPreference unpaired,
    @Nullable RatedCompletion rated,
    @Nullable Example example,
    ObjectNode more) {
  Convertible {
    preferences = List.copyOf(preferences);
  }

  static Convertible of(Lesson lesson) {
    return new Convertible(
        lesson.preferences().toList(),
        lesson.unpaired(),
        lesson.ratedCompletion(),
        lesson.example(),
        Json.MAPPER.createObjectNode());
  }

  boolean isAlso(ConvertedKind kind) {
    return all(kind).findAny().isPresent();
  }

  /** Records of that kind: none, one, or several preferences. */
  Stream<?> all(ConvertedKind kind) {
    return switch (kind) {
      case PREFERENCE -> preferences.stream();
      case UNPAIRED -> Stream.ofNullable(unpaired);
      case RATED -> Stream.ofNullable(rated);
      case COMPLETION -> Stream.ofNullable(example);
    };
  }

  /** The same as rows of our layout. */
  Stream<ObjectNode> rows(ConvertedKind kind) {
    return all(kind)
        .map(
            each -> {
              ObjectNode row = Json.MAPPER.valueToTree(each);
              more.properties().forEach(column -> row.set(column.getKey(), column.getValue()));
              return row;
            });
  }
}
