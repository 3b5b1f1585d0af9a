package org.rlaif.kit;

/**
 * What somebody has said of completions, in a row of its own, with where it comes from.
 *
 * @param <T> the row itself
 */
public interface Labelled<T extends Labelled<T>> {
  String id();

  Provenance provenance();

  /** The same from elsewhere. */
  T from(Provenance other);
}
