package org.rlaif.training.rewards;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;

/**
 * A class of the user's own on the class path: a {@link RewardSource} with a public constructor
 * that takes nothing.
 *
 * @param type its full name
 */
public record ClassReward(String type, double weight) implements RewardKind {
  @Override
  public String label() {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  @Override
  public void check() {
    open();
  }

  @Override
  public RewardSource open(Server server) {
    return open();
  }

  /** The class itself: a run repeats its training when it has been compiled anew. */
  @Override
  public String content() {
    String name = type.replace('.', '/') + ".class";
    try (InputStream in = ClassReward.class.getClassLoader().getResourceAsStream(name)) {
      return in == null ? "" : AtomicFiles.sha256(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RewardSource open() {
    try {
      return Class.forName(type)
          .asSubclass(RewardSource.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw UserError.expected(
          "onPolicy.rewards: class " + type,
          reason(e),
          "a class on RLAIF_CLASSPATH that implements "
              + RewardSource.class.getName()
              + " and has a public constructor without parameters");
    }
  }

  private static String reason(Throwable e) {
    if (e instanceof ClassNotFoundException) {
      return "not found";
    }
    if (e instanceof ClassCastException) {
      return "of another kind";
    }
    return e instanceof InvocationTargetException wrapped
        ? String.valueOf(wrapped.getCause())
        : e.toString();
  }
}
