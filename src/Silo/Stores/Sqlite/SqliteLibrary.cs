using System.Runtime.InteropServices;
using Actors.Silo.Lifetime;
using SQLitePCL;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// Leads the managed provider to the system's SQLite, which the distribution keeps safe. Once per process.
/// </summary>
public static class SqliteLibrary
{
    private const string ProviderName = "e_sqlite3";

    /// <summary>3.37.0, the first with STRICT tables.</summary>
    private const int LeastVersion = 3_037_000;

    private static readonly Lock Gate = new();
    private static bool _isReady;

    /// <summary>Loads the library.</summary>
    /// <param name="library">A name that the system's loader knows, or a path.</param>
    /// <exception cref="SiloStartException">It is not there.</exception>
    public static void Load(string library)
    {
        lock (Gate)
        {
            if (_isReady) return;
            if (!NativeLibrary.TryLoad(library, out var handle))
            {
                throw new SiloStartException(
                    $"SQLite's library {library} is missing. Install it (Debian: apt-get install libsqlite3-0), "
                    + "or name it with --Silo:SqliteLibrary=….");
            }

            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == ProviderName ? handle : IntPtr.Zero);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            if (raw.sqlite3_libversion_number() < LeastVersion)
            {
                throw new SiloStartException(
                    $"SQLite's library {library} is version {raw.sqlite3_libversion().utf8_to_string()}; 3.37 or newer is needed. "
                    + "Update it, or name a newer one with --Silo:SqliteLibrary=….");
            }

            _isReady = true;
        }
    }
}
