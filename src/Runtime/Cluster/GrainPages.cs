using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Lists of grains in parts, each of which fits well into a message between silos.</summary>
internal static class GrainPages
{
    /// <summary>About how many bytes of ids one part has at most.</summary>
    public const int PageBytes = 256 * 1024;

    /// <summary>About how many bytes an id costs beside its text.</summary>
    private const int IdBytes = 16;

    /// <summary>The parts, in order: at least one, which is empty when there are no grains.</summary>
    public static List<GrainId[]> Of(IEnumerable<GrainId> grains)
    {
        var pages = new List<GrainId[]>();
        var page = new List<GrainId>();
        int bytes = 0;
        foreach (GrainId grain in grains)
        {
            int length = IdBytes + grain.Type.AsSpan().Length + grain.Key.AsSpan().Length;
            if (page.Count > 0 && bytes + length > PageBytes)
            {
                pages.Add([.. page]);
                page.Clear();
                bytes = 0;
            }

            page.Add(grain);
            bytes += length;
        }

        pages.Add([.. page]);
        return pages;
    }
}
