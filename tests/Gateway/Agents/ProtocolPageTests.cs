using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Gateway.Agents;
using Actors.Harness;

namespace Actors.Gateway.Tests.Agents;

/// <summary>docs/agents.md, from which clients in other languages are written, says what the code does: each name and number, and none that there is not.</summary>
public sealed partial class ProtocolPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "agents.md"));

    private static readonly string Text = Space().Replace(Page, " ");

    [Fact]
    public void Each_close_code_is_in_the_table() =>
        AssertSame(Enum.GetValues<AgentCloseCode>().Select(static code => ((int)code).ToString(CultureInfo.InvariantCulture)), FirstCells("code"));

    [Fact]
    public void Each_error_is_in_the_table() => AssertSame(
        Enum.GetValues<NoticeKind>().Except([NoticeKind.Welcome, NoticeKind.Resume]).Select(static kind => new Notice(kind, Guid.Empty, 0).ToError().Code), FirstCells("error code"));

    [Fact]
    public void Each_kind_of_update_is_in_the_table() => AssertSame(
        Enum.GetValues<PeerUpdateKind>().Select(Written), FirstCells("kind"));

    [Fact]
    public void Each_field_of_a_frame_is_in_a_table()
    {
        var fields = Tables().Where(static table => table.Header == "field").Select(static table => table.Cells).ToList();
        Assert.Equal(3, fields.Count);
        AssertSame(NamesOf(typeof(PeerMessage)), fields[0]);
        AssertSame(NamesOf(typeof(NodeRecord)), fields[1]);
        AssertSame(NamesOf(typeof(HubMessage)), fields[2]);
    }

    [Fact]
    public void Each_field_of_what_is_in_them_and_each_lifecycle_state_is_named()
    {
        foreach (var type in (Type[])
            [
                typeof(WelcomeMessage), typeof(ResumeMessage), typeof(ErrorMessage), typeof(PeerUpdateMessage),
                typeof(MetadataReport), typeof(ConnectionReport),
            ])
        {
            Assert.All(NamesOf(type), name => Assert.Matches($"[`\"]{name}[`\"]", Page));
        }

        Assert.All(Enum.GetValues<AgentLifecycle>(), static state => Assert.Contains($"`{Written(state)}`", Page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<ConnectionAction>(), static action => Assert.Contains($"`{Written(action)}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Limits_and_times_are_those_of_the_code()
    {
        var (limits, hub) = (new AgentLimits(), new AgentsGatewayOptions());
        foreach (var sentence in (FormattableString[])
            [
                $"header `Sec-WebSocket-Protocol`",
                $"`{AgentProtocol.SubProtocol}`",
                $"A frame of a peer has at most {limits.MaxFrameBytes:N0} bytes, and nests at most {AgentProtocol.MaxDepth} levels.",
                $"**Node record**: at most {limits.MaxNodeBytes:N0} bytes.",
                $"Lists of UUIDs have at most {limits.MaxPeersInList} entries.",
                $"Lists and maps have at most {limits.MaxNodeEntries} entries, strings and names at most {limits.MaxNodeTextBytes} bytes.",
                $"At most {limits.MaxMetadataValues} in a frame, all keys together at most {limits.MaxMetadataKeyBytes:N0} bytes.",
                $"At most {limits.MaxConnectionReports} in a frame, strings at most {limits.MaxReportTextBytes} bytes.",
                $"The hub pings each peer every {AgentProtocol.PingIntervalMs / 1_000} s. A peer of which nothing came for {AgentProtocol.DeadAfterMs / 1_000} s, whose frame did not arrive within {hub.FrameTimeoutMs / 1_000} s of its first byte, or that did not take a frame that was written to it for {hub.WriteTimeoutMs / 1_000} s,",
                $"A peer may have {hub.MaxTunnels} tunnels open, and may send {hub.MaxFramesPerSecond} frames a second in the long run, {2 * hub.MaxFramesPerSecond:N0} at once. It may ask for {hub.MaxChangesPerSecond} changes a second in the long run, {10 * hub.MaxChangesPerSecond:N0} at once;",
                $"an agent that dials more than {hub.MaxDialsPerAgent} times a minute, a client's token with more than {hub.MaxDialsPerToken:N0} dials a minute or {hub.MaxSocketsPerToken:N0} sockets at one silo, an address (of IPv6 a network of 64 bits) with more than {hub.MaxDialsPerAddress:N0} dials a minute.",
                $"when half of the old one's time ({hub.ResumeFor.TotalHours} h) is over",
            ])
        {
            Assert.Contains(sentence.ToString(CultureInfo.InvariantCulture), Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_status_with_which_a_dial_is_refused_is_named_where_connecting_is_described()
    {
        var folder = Path.Combine(Repository.Root, "src", "Gateway", "Agents");
        var sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(folder, "Access"), "*.cs").Append(Path.Combine(folder, "Endpoints", "AgentDoor.cs")).Select(File.ReadAllText));
        var statuses = Status().Matches(sources).Select(static match => match.Groups[1].Value).Distinct().ToList();
        Assert.InRange(statuses.Count, 6, 20);
        var connecting = Page[Page.IndexOf("## Connecting", StringComparison.Ordinal)..Page.IndexOf("## Frames", StringComparison.Ordinal)];
        Assert.All(statuses, status => Assert.Matches($@"\b{status}\b", connecting));
    }

    private static void AssertSame(IEnumerable<string> code, IEnumerable<string> page) => Assert.Equal(code.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));

    private static IEnumerable<string> NamesOf(Type type) => type.GetProperties().Select(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    /// <summary>An enumeration's value as it is written in JSON.</summary>
    private static string Written<T>(T value)
        where T : struct, Enum => typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name;

    private static List<string> FirstCells(string header) => Tables().Single(table => table.Header == header).Cells;

    /// <summary>The first column of each table, without its quotes.</summary>
    private static IEnumerable<(string Header, List<string> Cells)> Tables()
    {
        List<string>? cells = null;
        var header = "";
        foreach (var line in Page.Split('\n').Append(""))
        {
            var first = line.StartsWith('|') ? line.Split('|')[1].Trim().Trim('`') : null;
            if (first is null)
            {
                if (cells is not null) yield return (header, cells);
                cells = null;
            }
            else if (cells is null)
            {
                (header, cells) = (first, []);
            }
            else if (!first.StartsWith("---", StringComparison.Ordinal))
            {
                cells.Add(first);
            }
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"StatusCodes\.Status(\d+)")]
    private static partial Regex Status();
}
