package org.rlaif.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;

/** A class of the user's own on the class path, with a public constructor that takes nothing. */
public final class OwnClass {
  private OwnClass() {}

  /**
   * A new one of it.
   *
   * @param setting that names it, in errors
   * @param type its full name
   * @param kind what it has to implement
   * @throws UserError that says why there is none
   */
  public static <T> T open(String setting, String type, Class<T> kind) {
    try {
      return Class.forName(type).asSubclass(kind).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw UserError.expected(
          setting + ": class " + type,
          reason(e),
          "a class on RLAIF_CLASSPATH that implements "
              + kind.getName()
              + " and has a public constructor without parameters");
    }
  }

  /** Its SHA-256, so that whoever compiles it anew has another one; empty if it is not there. */
  public static String content(String type) {
    String name = type.replace('.', '/') + ".class";
    try (InputStream in = OwnClass.class.getClassLoader().getResourceAsStream(name)) {
      return in == null ? "" : AtomicFiles.sha256(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
