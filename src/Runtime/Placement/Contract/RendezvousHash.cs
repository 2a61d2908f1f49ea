using Orleans.Runtime;

namespace Actors.Placement;

/// <summary>
/// Rendezvous hashing: every node draws a number for a grain, and the highest wins. When a node comes or goes, only the grains
/// that it wins or had won move, and every silo computes the same from the same list, in any order.
/// </summary>
public static class RendezvousHash
{
    /// <summary>The node, among <paramref name="nodeIds"/>, on which a grain lives.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public static int Choose(GrainId grain, ReadOnlySpan<int> nodeIds)
    {
        if (nodeIds.IsEmpty)
        {
            throw new ArgumentException("There is no node to choose from.", nameof(nodeIds));
        }

        ulong id = ((ulong)grain.Type.GetUniformHashCode() << 32) | grain.Key.GetUniformHashCode();
        int best = nodeIds[0];
        ulong bestDraw = 0;
        foreach (int nodeId in nodeIds)
        {
            ulong draw = Mix(id ^ Mix((ulong)(uint)nodeId + 0x9E3779B97F4A7C15));
            if (draw > bestDraw || (draw == bestDraw && nodeId < best))
            {
                best = nodeId;
                bestDraw = draw;
            }
        }

        return best;
    }

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
