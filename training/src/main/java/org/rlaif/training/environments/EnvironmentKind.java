package org.rlaif.training.environments;

/** An environment's settings, which open it. */
public interface EnvironmentKind {

  /** The policy's turns in an episode, at most. */
  int turns();

  /** Opens it, to be closed when it is needed no longer. */
  Environment open();

  /** Refuses, before anything runs, a setting that cannot work. */
  default void check() {}

  /** Of what its settings only name, and what decides its replies as well; else empty. */
  default String content() {
    return "";
  }
}
