using System.Globalization;
using System.Net;
using Actors.Storage.BackEnds.Mesh;
using Actors.Storage.Profiles;

namespace Actors.Storage.BackEnds.Linstor.Mesh;

/// <summary>
/// Renders links as LINSTOR has them, beside what it has: an interface for each end, a path of the name <c>direct</c> between the two, and DRBD's options of the link's profile.
/// </summary>
/// <remarks>
/// Sources: LINSTOR's ConfFileBuilder and CtrlNodeConnectionApiCallHandler (paths are properties Paths/PATH/NODE of a connection of nodes, exactly two a path, with the name of an
/// interface that exists); LINSTOR writes values as they are, so they have DRBD's default units. Options of the network section count on a connection of nodes; those of
/// a peer's disk (the rates) are looked for on resources, their definitions and groups, and the controller, so the controller gets those of the slowest link, and a connection that is
/// faster its own beside them, which count only where LINSTOR looks there.
/// </remarks>
internal static class LinstorMeshRules
{
    /// <summary>The subject of the controller's settings.</summary>
    public const string Controller = "controller";

    private const string Path = "direct";
    private const string PathPrefix = "Paths/";
    private const string NetPrefix = "DrbdOptions/Net/";
    private const string PeerPrefix = "DrbdOptions/PeerDevice/";
    private const int MaxInterfaceName = 32;

    /// <summary>Compares.</summary>
    public static MeshPlan Compare(IReadOnlyList<MeshLink> links, LinstorNetwork network)
    {
        var (changes, mistakes, notes) = (new List<MeshChange>(), FindMistakes(links, network), new List<string>());
        if (mistakes.Count > 0) return new MeshPlan([], 0, mistakes, notes);
        var right = 0;
        var slowest = links.MinBy(static link => link.Profile.LinkBitsPerSecond)!.Profile;
        foreach (var link in links)
        {
            var (first, second) = string.CompareOrdinal(link.First, link.Second) < 0
                ? ((link.First, link.FirstAddress!), (link.Second, link.SecondAddress!))
                : ((link.Second, link.SecondAddress!), (link.First, link.FirstAddress!));
            var (firstInterface, secondInterface) = (Interface(first.Item1, first.Item2, second.Item1), Interface(second.Item1, second.Item2, first.Item1));
            var (subject, has) = (SubjectOf(first.Item1, second.Item1), network.Connections.GetValueOrDefault((first.Item1, second.Item1)));
            Want(MeshPart.Path, subject, $"{PathPrefix}{Path}/{first.Item1}", has, firstInterface);
            Want(MeshPart.Path, subject, $"{PathPrefix}{Path}/{second.Item1}", has, secondInterface);
            foreach (var (name, value) in NetworkOptions(link.Profile)) Want(MeshPart.Option, subject, NetPrefix + name, has, value);
            foreach (var (name, value) in link.Profile == slowest ? [] : PeerOptions(link.Profile)) Want(MeshPart.Option, subject, PeerPrefix + name, has, value);
            var others = has?.Keys.Where(static key => key.StartsWith(PathPrefix, StringComparison.Ordinal)).Select(static key => key.Split('/')[1]).Distinct().Where(static path => path != Path).ToList();
            if (others is { Count: > 0 }) notes.Add($"{subject} has further paths ({string.Join(", ", others)}), which stay: DRBD uses one at a time, and another when that fails");
        }

        foreach (var (name, value) in PeerOptions(slowest)) Want(MeshPart.Option, Controller, PeerPrefix + name, network.Controller, value);
        if (links.Any(link => link.Profile != slowest))
            notes.Add($"links have several profiles: everywhere DRBD's rates are those of {slowest.Name}, and faster links have theirs on their connection; look with drbdsetup show whether they count there");
        return new MeshPlan([.. changes.OrderBy(static change => change.Part)], right, mistakes, notes);

        string Interface(string node, IPAddress address, string peer)
        {
            var known = network.Interfaces[node];
            if (known.FirstOrDefault(one => IPAddress.TryParse(one.Value, out var its) && its.Equals(address)).Key is { } same)
            {
                right++;
                return same;
            }

            var name = NameOf(peer);
            Want(MeshPart.Interface, node, name, known, address.ToString());
            return name;
        }

        void Want(MeshPart part, string subject, string setting, IReadOnlyDictionary<string, string>? has, string wanted)
        {
            var configured = has?.GetValueOrDefault(setting);
            if (configured == wanted) right++;
            else changes.Add(new MeshChange(part, subject, setting, configured, wanted));
        }
    }

    /// <summary>The subject of the settings of two nodes' connection.</summary>
    public static string SubjectOf(string first, string second) => $"{first}~{second}";

    private static List<string> FindMistakes(IReadOnlyList<MeshLink> links, LinstorNetwork network)
    {
        var mistakes = new List<string>();
        if (links.Count == 0) mistakes.Add("no links are set: name them with the option Storage:Links");
        foreach (var link in links)
        {
            foreach (var (node, address, peer) in ((string, IPAddress?, string)[])[(link.First, link.FirstAddress, link.Second), (link.Second, link.SecondAddress, link.First)])
            {
                if (!network.Interfaces.ContainsKey(node)) mistakes.Add($"link {link.Name} ends at {node}, and LINSTOR has no node of that name; it has {string.Join(", ", network.Interfaces.Keys.Order(StringComparer.Ordinal))}");
                if (address is null) mistakes.Add($"link {link.Name} lacks the address of its end at {node}: write {node}/ADDRESS in Storage:Links");
                if (NameOf(peer).Length > MaxInterfaceName) mistakes.Add($"the interface of link {link.Name} at {node} would be called {NameOf(peer)}, and LINSTOR takes {MaxInterfaceName} characters: add one of a shorter name with that address, and it is used");
            }
        }

        foreach (var twice in links.GroupBy(static link => string.CompareOrdinal(link.First, link.Second) < 0 ? (link.First, link.Second) : (link.Second, link.First)).Where(static same => same.Count() > 1))
            mistakes.Add($"{string.Join(" and ", twice.Select(static link => link.Name))} join the same nodes, and a connection has one path of the name {Path}");
        return mistakes;
    }

    private static string NameOf(string peer) => $"storage-{peer}";

    private static (string Name, string Value)[] NetworkOptions(PacingProfile profile) =>
        [("max-buffers", Text(profile.MaxBufferPages)), ("sndbuf-size", Text(profile.SocketBufferBytes)), ("rcvbuf-size", Text(profile.SocketBufferBytes))];

    private static (string Name, string Value)[] PeerOptions(PacingProfile profile) =>
    [
        ("resync-rate", Text(profile.ResyncRateKiBps)), ("c-max-rate", Text(profile.MaxRateKiBps)), ("c-min-rate", Text(profile.MinRateKiBps)),
        ("c-plan-ahead", Text(profile.PlanAheadTenthsOfSecond)), ("c-delay-target", Text(profile.DelayTargetTenthsOfSecond)), ("c-fill-target", Text(profile.FillTargetSectors)),
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
