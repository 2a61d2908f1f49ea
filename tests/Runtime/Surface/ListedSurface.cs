namespace Actors.Runtime.Tests.Surface;

/// <summary>Orleans' public API as orleans-surface.txt has it.</summary>
internal static class ListedSurface
{
    private static readonly Lazy<IReadOnlyDictionary<string, SurfaceType>> All = new(Read);

    /// <summary>The types by their full names.</summary>
    public static IReadOnlyDictionary<string, SurfaceType> Types => All.Value;

    private static Dictionary<string, SurfaceType> Read()
    {
        var types = new Dictionary<string, SurfaceType>(StringComparer.Ordinal);
        List<string> attributes = [], bases = [], members = [];
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Surface", "orleans-surface.txt")))
        {
            var (word, rest) = line.TrimStart().Split(' ', 2) is [var first, var second] ? (first, second) : (line, "");
            switch (word)
            {
                case "type":
                    var name = rest[..rest.IndexOf(' ', StringComparison.Ordinal)];
                    var kind = rest[(name.Length + 1)..rest.LastIndexOf(" (", StringComparison.Ordinal)];
                    (attributes, bases, members) = ([], [], []);
                    types[name] = new SurfaceType(name, kind, attributes, bases, members);
                    break;
                case "attribute":
                    attributes.Add(rest);
                    break;
                case "base":
                    bases.Add(rest);
                    break;
                case "member":
                    members.Add(rest);
                    break;
            }
        }

        return types;
    }
}
