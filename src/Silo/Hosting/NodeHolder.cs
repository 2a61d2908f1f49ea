using System.Net;
using Actors.Grains;
using Actors.Membership;
using Actors.Silo.Lifetime;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Hosting;

/// <summary>Finds out whether the node of a silo whose storage is not the node's is another silo's.</summary>
/// <param name="advertised">Where this silo's peers reach it.</param>
/// <param name="name">The name that somebody gave this silo; null: it has the one that every silo with its number has.</param>
/// <param name="read">Reads the silos; null: nobody lists them.</param>
public sealed class NodeHolder(IPEndPoint advertised, string? name, Func<CancellationToken, Task<LeasedMembership>>? read)
{
    /// <summary>What to say instead of that the storage was replaced.</summary>
    /// <returns>
    /// Null where the node's last run is this silo's own as far as its endpoint or name tell, where nobody else has the node, or where nobody tells.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<SiloStartException?> ExplainAsync(StorageReplacedException replaced, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(replaced);
        if (await FindAsync(replaced.NodeId, token) is not { } holder || IsFormerRun(holder)) return null;
        return new SiloStartException(
            $"Node {replaced.NodeId} is another silo: {holder.SiloName} at {holder.SiloAddress.Endpoint} is not dead. Give this one a number of its own with "
            + "--Silo:NodeId=…; or, if that is this node's former run at another address, wait until it is declared dead and start again.",
            replaced);
    }

    private bool IsFormerRun(MembershipEntry holder) =>
        holder.SiloAddress.Endpoint.Equals(advertised) || (name is not null && SiloNodeName.Parse(holder.SiloName).Name == name);

    private async Task<MembershipEntry?> FindAsync(int nodeId, CancellationToken token)
    {
        if (read is null) return null;
        try
        {
            return (await read(token)).Table.Members
                .Select(static member => member.Item1)
                .FirstOrDefault(entry => entry.Status != SiloStatus.Dead && SiloNodeName.TryParse(entry.SiloName, out var holder) && holder.NodeId == nodeId);
        }
        catch (Exception unknown) when (unknown is not OperationCanceledException || !token.IsCancellationRequested)
        {
            return null; // whatever is wrong with the list, that the storage was replaced is known for sure, and is told
        }
    }
}
