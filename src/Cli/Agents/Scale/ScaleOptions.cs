using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;

namespace Actors.Cli.Agents.Scale;

/// <summary>The options of a scale test, and what they come to.</summary>
internal sealed class ScaleOptions
{
    private const int DefaultHubPort = 8080;
    private const string DefaultTraffic = "updates=100/s,ready";

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(60);

    private readonly Option<HostPort[]?> _hub = new("--hub")
    {
        Description = "HTTP address of a silo; several with commas, or repeated. Without it: those of --http.",
        HelpName = "host:port",
        CustomParser = static result => HostPort.ParseList(result, DefaultHubPort),
    };

    private readonly Option<int> _agents = OptionRules.Number(["--agents"], "Agents.", 1, 1_000);
    private readonly Option<int> _clients = OptionRules.Number(["--clients"], "Clients.", 0, 100);
    private readonly Option<int> _tunnels = OptionRules.Number(["--tunnels-per-client"], "Tunnels of each client, at most 256.", 1, 10);
    private readonly Option<TimeSpan?> _duration = Time("--duration", "How long the traffic lasts (without it, and without --updates: 60s).");
    private readonly Option<long?> _updates = OptionRules.OptionalNumber(["--updates"], "The traffic ends after this many updates.", 1L);
    private readonly Option<TrafficWish?> _traffic = new("--traffic")
    {
        Description = $"What peers do, words with commas: {TrafficWords.Known} (without it: {DefaultTraffic}).",
        HelpName = "words",
        CustomParser = static result =>
        {
            var mistakes = new List<string>();
            var traffic = TrafficWords.Parse(result.Tokens[^1].Value, mistakes);
            mistakes.ForEach(result.AddError);
            return traffic ?? new TrafficWish(new Traffic(), AgentsGetReady: false);
        },
    };

    private readonly Option<double> _ramp = OptionRules.Number(["--ramp"], "First dials a second, to each hub.", 0.1, 500.0);
    private readonly Option<TimeSpan?> _connectTimeout = Time("--connect-timeout", "How long connecting may take (without it: what --ramp needs, and 60s).");
    private readonly Option<TimeSpan?> _settleTimeout = Time("--settle-timeout", "How long it may take, before and after the traffic, until everybody knows everything (without it: 30s).");
    private readonly Option<TimeSpan?> _lostAfter = Time("--lost-after", "An update that takes longer is lost, unless a newer one came instead (without it: 5s).");
    private readonly Option<TimeSpan?> _quiet = Time("--quiet", "How long nobody may be told anything in the end, when everybody knows everything (without it: 1s).");
    private readonly Option<TimeSpan?> _maxLateness = Time("--max-lateness", "A p99 above this of how late updates are sent by the clock says that the load was the limit (without it: 100ms).");
    private readonly Option<int> _maxFailures = OptionRules.Number(["--max-failures"], "So many failures are shown; all are counted.", 0, 20);
    private readonly Option<int?> _processes = OptionRules.OptionalNumber(["--processes"], "Processes (without it: as few as the limit of open files allows).", 1);
    private readonly Option<ulong?> _seed = OptionRules.OptionalNumber(["--seed"], "Makes the ids of the agents (without it: a new one each time).", 1UL);
    private readonly Option<bool> _trace = new("--trace-propagate") { Description = "Each dial carries the id of a trace (header traceparent)." };
    private readonly Option<bool> _issueTokens = new("--issue-tokens")
    {
        Description = "Has the silo issue tokens for all peers first; run on its machine. From then on all agents and clients of the cluster need one, also when the test is over.",
    };

    private readonly Option<bool> _keepAgents = new("--keep-agents")
    {
        Description = "Leaves the agents on the hub's lists, and the tokens good. Without it both are taken away in the end, where the silo's secret can be read.",
    };

    private readonly Option<FileInfo?> _json = new("--json") { Description = "Writes the report as JSON to this file too.", HelpName = "file" };
    private readonly Option<IPAddress[]?> _sources = new("--source-address")
    {
        Description = "Dials from these addresses of this machine, in turn; with commas, or repeated.",
        HelpName = "address",
        CustomParser = static result =>
        {
            var addresses = new List<IPAddress>();
            foreach (var text in result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
            {
                if (IPAddress.TryParse(text, out var address))
                    addresses.Add(address);
                else
                    result.AddError($"'{text}' is no --source-address; write an address of this machine, such as 127.0.0.2.");
            }

            return [.. addresses];
        },
    };

    /// <summary>Where the report goes as JSON too, or null.</summary>
    public FileInfo? ReadJson(ParseResult arguments) => arguments.GetValue(_json);

    /// <summary>Whether peers need tokens that are not there yet.</summary>
    public bool IsToIssueTokens(ParseResult arguments) => arguments.GetValue(_issueTokens);

    /// <summary>Whether what the test leaves in the hub is to stay there.</summary>
    public bool IsToKeepAgents(ParseResult arguments) => arguments.GetValue(_keepAgents);

    /// <summary>Adds them all.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)
            [_hub, _agents, _clients, _tunnels, _duration, _updates, _traffic, _ramp, _sources, _processes, _connectTimeout, _settleTimeout, _lostAfter, _quiet, _maxLateness, _maxFailures, _json, _seed, _trace, _issueTokens, _keepAgents])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads what is to be done.</summary>
    /// <exception cref="CliException">It cannot be done; all reasons at once.</exception>
    public async Task<ScaleWish> ReadAsync(ParseResult arguments, GlobalOptions global, CancellationToken token)
    {
        var mistakes = new List<string>();
        var named = arguments.GetValue(_hub) is { Length: > 0 } hubs ? hubs : global.ReadHttp(arguments);
        var endpoints = await ResolveAsync(named, mistakes, token);
        var (agents, clients, tunnels) = (arguments.GetValue(_agents), arguments.GetValue(_clients), arguments.GetValue(_tunnels));
        if (tunnels > 256)
            mistakes.Add($"--tunnels-per-client is {tunnels}; a hub opens at most 256.");
        var updates = arguments.GetValue(_updates);
        if (updates is not null && mistakes.Count == 0 && !TrafficWords.HasSender(TrafficOf(arguments).Traffic, clients))
            mistakes.Add("--updates needs somebody who sends them, and a client: --traffic has neither updates, client-updates nor in-flight, or --clients is 0.");
        if (updates is null && TrafficOf(arguments).Traffic.StormAfter >= (arguments.GetValue(_duration) ?? DefaultDuration))
            mistakes.Add("The storm of --traffic comes after the traffic's end: --duration has to be longer.");
        var plan = endpoints.Count == 0 ? null : LoadPlan.Make(
            new LoadWish
            {
                Hubs = endpoints,
                Agents = agents,
                Clients = clients,
                TunnelsPerClient = tunnels,
                Processes = arguments.GetValue(_processes) ?? 0,
                Sources = arguments.GetValue(_sources) ?? [],
                OpenFiles = OpenFiles.ReadLimit(),
            },
            mistakes);
        if (plan is null || mistakes.Count > 0)
            throw new CliException(string.Join(Environment.NewLine, mistakes), ActorsProgram.Misused);
        var dialsPerSecond = arguments.GetValue(_ramp) * endpoints.Count;
        return new ScaleWish
        {
            Hubs = named,
            Plan = plan,
            Load = new LoadOptions
            {
                Hubs = endpoints,
                Agents = agents,
                Clients = clients,
                TunnelsPerClient = tunnels,
                DialsPerSecond = dialsPerSecond,
                Seed = arguments.GetValue(_seed) ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
                LostAfter = arguments.GetValue(_lostAfter) ?? TimeSpan.FromSeconds(5),
                AgentsGetReady = TrafficOf(arguments).AgentsGetReady,
                MaxFailures = arguments.GetValue(_maxFailures),
                PropagatesTrace = arguments.GetValue(_trace),
            },
            Traffic = TrafficOf(arguments).Traffic with
            {
                Updates = updates ?? long.MaxValue,
                Duration = arguments.GetValue(_duration) ?? (updates is null ? DefaultDuration : TimeSpan.MaxValue),
            },
            ConnectTimeout = arguments.GetValue(_connectTimeout) ?? TimeSpan.FromSeconds(60 + ((agents + clients) / dialsPerSecond)),
            SettleTimeout = arguments.GetValue(_settleTimeout) ?? TimeSpan.FromSeconds(30),
            Quiet = arguments.GetValue(_quiet) ?? TimeSpan.FromSeconds(1),
            MaxLateness = arguments.GetValue(_maxLateness) ?? TimeSpan.FromMilliseconds(100),
        };
    }

    private TrafficWish TrafficOf(ParseResult arguments) => arguments.GetValue(_traffic) ?? TrafficWords.Parse(DefaultTraffic, [])!;

    private static Option<TimeSpan?> Time(string name, string description) =>
        new(name) { Description = description, HelpName = "time", CustomParser = static result => Durations.Parse(result) };

    private static async Task<List<IPEndPoint>> ResolveAsync(IReadOnlyList<HostPort> hubs, List<string> mistakes, CancellationToken token)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var hub in hubs)
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(hub.Host, token);
                endpoints.Add(new IPEndPoint(addresses.FirstOrDefault(static one => one.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], hub.Port));
            }
            catch (SocketException failure)
            {
                mistakes.Add($"{hub.Host} has no address ({failure.Message.TrimEnd('.')}): check --hub.");
            }
        }

        return endpoints;
    }
}
