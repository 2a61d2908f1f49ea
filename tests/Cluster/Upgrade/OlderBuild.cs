using Actors.Harness;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>The silo as it was at an earlier commit, built beside this one and kept for the next run.</summary>
internal static class OlderBuild
{
    /// <summary>
    /// The commit whose silo has to get along with this one. Move it to the last release; between two releases it stays, so that every
    /// change is tried against what people run.
    /// </summary>
    private const string Commit = "86c05c02c0565df3187d14e4f1699db8255a02ae";

    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(10);

    /// <summary>Builds it when it is not there.</summary>
    /// <returns>Its Actors.Silo.dll.</returns>
    public static async Task<string> MakeAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "older", Commit);
        var program = Path.Combine(folder, "artifacts", "bin", "Silo", "release", "Actors.Silo.dll");
        if (File.Exists(program)) return program;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var sources = Path.Combine(folder, "sources.tar");
        var archive = await ForeignProgram.RunAsync("git", ["-C", Repository.Root, "archive", "--output", sources, Commit], "", Guard);
        Assert.True(archive.ExitCode == 0, $"Commit {Commit} is not in this clone; git fetch --unshallow brings the history. git says: {archive.Error}");
        (await ForeignProgram.RunAsync("tar", ["-x", "-C", folder, "-f", sources], "", Guard)).OutputOfSuccess();
        // What that commit's own checks said is no question of today.
        string[] build = ["build", Path.Combine(folder, "src", "Silo", "Silo.csproj"), "-c", "Release", "--nologo", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"];
        (await ForeignProgram.RunAsync("dotnet", build, "", Guard)).OutputOfSuccess();
        return program;
    }
}
