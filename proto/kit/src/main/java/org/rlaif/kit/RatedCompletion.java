package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One completion of a prompt, and what people or a judge say of it in numbers, such as how correct
 * and how verbose it is.
 *
 * @param ratings by attribute, finite, on whatever scale; an attribute that nobody has rated is not
 *     among them
 */
public record RatedCompletion(
    String id, Prompt prompt, String completion, Map<String, Double> ratings, Provenance provenance)
    implements Labelled<RatedCompletion> {
  public RatedCompletion {
    ratings = Collections.unmodifiableMap(new TreeMap<>(ratings));
    ratings.forEach(
        (attribute, rating) ->
            require(Double.isFinite(rating), attribute + " of completion " + id, rating, "finite"));
  }

  @Override
  public RatedCompletion from(Provenance other) {
    return new RatedCompletion(id, prompt, completion, ratings, other);
  }
}
