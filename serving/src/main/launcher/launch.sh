# Starts Java with memory that suits the machine. Read by the commands' scripts, which set `name`,
# what they are called in messages. Settings, all optional:
#   RLAIF_HEAP             Java heap                          (2g)
#   RLAIF_DIRECT_MEMORY    limit on direct buffers            (half of the memory, at least 8g if that is there)
#   RLAIF_PHYSICAL_MEMORY  limit on the process as a whole    (85 % of the memory)
#   RLAIF_JAVA_OPTS        more options for the JVM
#   RLAIF_CLASSPATH        jars and folders of yours, behind its own
#   JAVA_HOME              the Java to use, 17 or newer       (the one on the PATH)
# shellcheck shell=bash

: "${name:?}"

die() {
  printf '%s: %s\n' "$name" "$1" >&2
  exit "${2:-1}"
}

# Sets java, and version, its major one.
find_java() {
  local real release line
  if [[ -n ${JAVA_HOME:-} ]]; then
    java=$JAVA_HOME/bin/java
    [[ -x $java ]] || die "JAVA_HOME=$JAVA_HOME has no bin/java; Java 17 or newer is needed"
  else
    java=$(command -v java) || die "java not found; install Java 17 or newer, or set JAVA_HOME"
  fi
  real=$(readlink -f "$java" 2>/dev/null || true)
  release=${real%/bin/java}/release
  if [[ -n $real && -r $release ]]; then
    line=$(grep -m1 '^JAVA_VERSION=' "$release" || true)
  else
    line=$("$java" -version 2>&1 | grep -m1 ' version "' || true)
  fi
  line=${line#*\"}
  line=${line#1.}
  version=${line%%[!0-9]*}
  [[ $version =~ ^[0-9]+$ ]] || die "cannot tell the version of $java; 17 or newer is needed"
  ((version >= 17)) || die "$java is version $version; 17 or newer is needed"
}

# The machine's memory in MiB, or the container's limit where that is smaller; 0 when unknown.
memory_mib() {
  local kib=0 mib limit file
  [[ -r /proc/meminfo ]] && kib=$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)
  mib=$((kib / 1024))
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [[ -r $file ]] || continue
    limit=$(<"$file")
    if [[ $limit =~ ^[0-9]+$ && ${#limit} -lt 19 ]] && ((limit / 1048576 < mib)); then
      mib=$((limit / 1048576))
    fi
  done
  echo "$mib"
}

# launch MAIN_CLASS CLASS_PATH ARGUMENT...
launch() {
  local main=$1 classpath=$2
  shift 2
  local mib heap=2g direct=8g physical=16g cores collector options
  mib=$(memory_mib)
  if ((mib > 0)); then
    heap=$((mib / 4 < 2048 ? mib / 4 : 2048))m
    direct=$((mib / 2 > 8192 ? mib / 2 : (mib < 8192 ? mib : 8192)))m
    physical=$((mib * 85 / 100))m
  fi
  cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
  if ((cores <= 2)); then collector=-XX:+UseSerialGC; else collector=-XX:+UseParallelGC; fi
  options=(
    "-Xmx${RLAIF_HEAP:-$heap}"
    "-XX:MaxDirectMemorySize=${RLAIF_DIRECT_MEMORY:-$direct}"
    "$collector"
    -XX:MetaspaceSize=128m # classes alone are no reason to collect everything
    -Xshare:auto
    "-Dorg.bytedeco.javacpp.maxPhysicalBytes=${RLAIF_PHYSICAL_MEMORY:-$physical}"
    -Dorg.bytedeco.openblas.load=mkl
    --enable-native-access=ALL-UNNAMED
    -DOPT_OUT_TRACKING=true
    -DDJL_OFFLINE=true
    -Djava.awt.headless=true
  )
  ((version < 22)) || options+=(-Djdk.console=java.base) # so that a console means a terminal
  ((version < 24)) || options+=(--sun-misc-unsafe-memory-access=allow)
  # Asked often, and over before a second compiler would pay.
  [[ ${1:-} != health ]] || options+=(-XX:TieredStopAtLevel=1)
  # shellcheck disable=SC2206 # several options in one variable
  options+=(${RLAIF_JAVA_OPTS:-})

  export ORT_DISABLE_TELEMETRY=1
  # LibTorch's threads sleep while they wait: spinning ones starve ONNX Runtime's and everybody else's.
  export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
  # Through the environment: it is long, and a command line should be readable.
  export CLASSPATH=$classpath${RLAIF_CLASSPATH:+:$RLAIF_CLASSPATH}
  exec "$java" "${options[@]}" "$main" "$@"
}
