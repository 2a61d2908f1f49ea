namespace Actors.Harness;

/// <summary>Where things are in the clone that the running test was built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Actors.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration the test was built in, as the artifacts folder spells it: <c>release</c> or <c>debug</c>.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>A program of this repository, built in the same configuration.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Program(string project)
    {
        var file = Path.Combine(Root, "artifacts", "bin", project, Configuration, $"Actors.{project}.dll");
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is missing: build Actors.sln first");
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Actors.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"Actors.sln is in no folder above {AppContext.BaseDirectory}");
    }
}
