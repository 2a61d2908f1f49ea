using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Decides, when the view changes, from when on this silo may activate the grains that are now its own.
/// </summary>
/// <remarks>
/// Each holder of a view tells each other one, once it has installed it, which of the other's grains it still has
/// (<c>Installed</c>), and later that it let go of them (<c>Released</c>). A view is settled for this silo when all have told and
/// the dead are finished: then it may activate its grains except those that are still held. A grain may be activated before that
/// when it was this silo's in every view that the silo installed since the last settled one: whoever else had got it in between
/// would have needed this silo's word. What is true between calls: no list is older than the last one that its sender told.
/// </remarks>
internal sealed class HandOver(SiloAddress self, DeathLedger deaths)
{
    private readonly List<ClusterView> _sinceSettled = [];
    private readonly HashSet<SiloAddress> _told = [];
    private readonly Dictionary<SiloAddress, (long Version, HashSet<GrainId> Grains)> _held = [];
    private readonly Dictionary<SiloAddress, (long Version, List<GrainId[]> Pages)> _pages = [];

    public ClusterView View { get; private set; } = ClusterView.Empty;

    /// <summary>The last view that was settled; the empty one at first.</summary>
    public ClusterView LastSettled { get; private set; } = ClusterView.Empty;

    public bool IsSettled => ReferenceEquals(LastSettled, View);

    /// <summary>True when all grains whose home is this silo may be activated.</summary>
    public bool IsQuick => IsSettled && _held.Values.All(static told => told.Grains.Count == 0);

    /// <summary>Other holders of the view that have not told yet what they have.</summary>
    public IEnumerable<SiloAddress> Missing =>
        View.Members.Where(member => member.IsHolder && !member.Silo.Equals(self) && !_told.Contains(member.Silo)).Select(static member => member.Silo);

    public void Install(ClusterView view)
    {
        View = view;
        _sinceSettled.Add(view);
        _told.Clear();
        _pages.Clear();
        Reconsider();
    }

    /// <summary>What <paramref name="receiver"/> has to be told of the grains that this silo has.</summary>
    public GrainId[] StillHeldFor(SiloAddress receiver, IEnumerable<GrainId> held) => [.. held.Where(grain => receiver.Equals(View.HomeOf(grain)))];

    /// <summary>A part of what a holder has of this silo's grains; the first, or the one behind the last that came.</summary>
    public void OnPage(SiloAddress from, long version, int number, GrainId[] grains)
    {
        if (version != View.Version || !View.IsHolder(from))
        {
            return;
        }

        if (number == 0)
        {
            _pages[from] = (version, [grains]);
        }
        else if (_pages.TryGetValue(from, out var parts) && parts.Version == version && parts.Pages.Count == number)
        {
            parts.Pages.Add(grains);
        }
        else
        {
            _pages.Remove(from);
        }
    }

    /// <summary>
    /// A holder tells what it has of this silo's grains, or the last of it. False when it speaks of another view, or a part was lost with
    /// a connection: on the next one it tells anew.
    /// </summary>
    public bool OnInstalled(SiloAddress from, long version, IEnumerable<GrainId> grains, int pages = 0)
    {
        _pages.Remove(from, out (long Version, List<GrainId[]> Pages) before);
        if (version != View.Version || !View.IsHolder(from) || (pages > 0 && (before.Version != version || before.Pages.Count != pages)))
        {
            return false;
        }

        _told.Add(from);
        _held[from] = (version, [.. grains]);
        if (pages > 0)
        {
            before.Pages.ForEach(_held[from].Grains.UnionWith);
        }

        Reconsider();
        return true;
    }

    /// <summary>A holder has let go of grains that it told of.</summary>
    public void OnReleased(SiloAddress from, long version, IEnumerable<GrainId> grains)
    {
        if (_held.TryGetValue(from, out var told) && told.Version == version)
        {
            told.Grains.ExceptWith(grains);
        }
    }

    /// <summary>Looks again whether the view is settled; after one of the dead is finished.</summary>
    public void Reconsider()
    {
        foreach (SiloAddress silo in _held.Keys)
        {
            if (View.Find(silo) is not { } member || (!member.IsLive && deaths.IsFinished(silo)))
            {
                _held.Remove(silo);
            }
        }

        if (!IsSettled && !Missing.Any() && View.Members.All(member => member.IsLive || deaths.IsFinished(member.Silo)))
        {
            LastSettled = View;
            _sinceSettled.Clear();
            _sinceSettled.Add(View);
        }
    }

    public Permission MayActivate(GrainId grain)
    {
        if (!self.Equals(View.HomeOf(grain)))
        {
            return Permission.Elsewhere;
        }

        foreach ((SiloAddress _, (long _, HashSet<GrainId> grains)) in _held)
        {
            if (grains.Contains(grain))
            {
                return Permission.Wait;
            }
        }

        return IsSettled || (LastSettled.Version > 0 && _sinceSettled.TrueForAll(view => self.Equals(view.HomeOf(grain)))) ? Permission.Serve : Permission.Wait;
    }
}
