namespace Actors.Harness;

/// <summary>Where things are in the clone that the running test was built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Actors.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration the test was built in, as the artifacts folder spells it: <c>release</c> or <c>debug</c>.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>The folder of what is built; each flavour of the actor runtime has one of its own.</summary>
    private static string Artifacts { get; } = Path.GetRelativePath(Root, AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar)[0];

    /// <summary>A program of this repository, built in the same flavour and configuration.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Program(string project)
    {
        var file = Path.Combine(Root, Artifacts, "bin", project, Configuration, $"Actors.{project}.dll");
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is missing: build Actors.sln, or that project in the same flavour, first");
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
