using System.CommandLine;
using System.CommandLine.Parsing;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Agents;

/// <summary><c>actors agents token …</c>: with what agents and clients connect. It is run on a silo's machine, by somebody who may read its secret.</summary>
internal static class TokenCommand
{
    private const string Path = "/api/v1/agents/tokens";

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var secret = new SecretOption();
        var command = new Command("token", "Issues, lists and revokes the tokens with which agents and clients connect. It is run on the machine of a silo, as its user.")
        {
            CreateCreate(global, secret, console, time),
            CreateList(global, secret, console, time),
            CreateRevoke(global, secret, console, time),
        };
        command.Options.Add(secret.DataDirectory);
        return command;
    }

    private static Command CreateCreate(GlobalOptions global, SecretOption secret, CliConsole console, TimeProvider time)
    {
        var agent = new Option<Guid?>("--agent") { Description = "A token with which this agent connects.", HelpName = "id", CustomParser = result => ParseId(result) };
        var reaches = new Option<Guid[]>("--reaches")
        {
            Description = "A token for a client that may reach this agent; may be repeated.",
            HelpName = "id",
            CustomParser = result => [.. result.Tokens.Select(token => ParseId(result, token.Value) ?? Guid.Empty)],
        };
        var reachesAll = new Option<bool>("--reaches-all") { Description = "A token for a client that may reach every agent." };
        var forOperator = new Option<bool>("--operator") { Description = "A token for whoever asks about agents (/api/v1/agents…)." };
        var subject = new Option<Guid?>("--id")
        {
            Description = "Who it is issued to, as 'list' shows it: a new token for the same client or operator.",
            HelpName = "id",
            CustomParser = result => ParseId(result),
        };
        var validFor = new Option<TimeSpan>("--valid-for")
        {
            Description = "How long it is good; with s, m or h.",
            HelpName = "duration",
            DefaultValueFactory = _ => TimeSpan.FromDays(30),
            CustomParser = Durations.Parse,
        };
        var command = new Command("create", "Issues a token and writes it to the output; it is not shown again.") { agent, reaches, reachesAll, forOperator, subject, validFor };
        command.Validators.Add(arguments =>
        {
            var kinds = new[] { arguments.GetResult(agent) is not null, arguments.GetResult(reaches) is not null, arguments.GetValue(reachesAll), arguments.GetValue(forOperator) };
            if (kinds.Count(isGiven => isGiven) != 1)
                arguments.AddError("Give one of --agent, --reaches, --reaches-all and --operator.");
            else if (kinds[0] && arguments.GetResult(subject) is not null)
                arguments.AddError("A token for an agent is issued to that agent: --id goes with the others.");
        });
        command.SetAction(async (arguments, token) =>
        {
            var agents = arguments.GetValue(reaches);
            var own = arguments.GetValue(agent);
            var wish = new TokenWish(
                own is not null ? "agent" : arguments.GetValue(forOperator) ? "operator" : "client",
                own,
                agents is { Length: > 0 } ? agents : null,
                arguments.GetValue(reachesAll),
                (long)Math.Ceiling(arguments.GetValue(validFor).TotalSeconds),
                arguments.GetValue(subject));
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var issued = await silo.SendAsync(HttpMethod.Post, Path, wish, CliJson.Default.TokenWish, CliJson.Default.NewToken, token);
            Write(console, global.ReadFormat(arguments), issued);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateList(GlobalOptions global, SecretOption secret, CliConsole console, TimeProvider time)
    {
        var command = new Command("list", "Lists the tokens that were issued; not the tokens themselves, which nobody keeps.");
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var tokens = new List<IssuedToken>();
            string? after = null;
            do
            {
                var page = await silo.SendAsync(HttpMethod.Get, $"{Path}?limit=1000{(after is null ? "" : $"&after={after}")}", CliJson.Default.HttpTokens, token);
                tokens.AddRange(page.Tokens);
                after = page.Next;
            }
            while (after is not null);
            ResultWriter.Write(console, global.ReadFormat(arguments), new TokenList(tokens), CliJson.Default.TokenList, list => Draw(list, time.GetUtcNow()));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateRevoke(GlobalOptions global, SecretOption secret, CliConsole console, TimeProvider time)
    {
        var ids = new Argument<Guid[]>("id")
        {
            Description = "Ids of tokens, as 'list' shows them.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => ParseId(result, token.Value) ?? Guid.Empty)],
        };
        var command = new Command("revoke", "Makes tokens good for nothing; whoever is connected with one is cut off within seconds.") { ids };
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var revoked = new List<Guid>();
            foreach (var id in arguments.GetRequiredValue(ids))
            {
                await silo.SendAsync(HttpMethod.Delete, $"{Path}/{id:D}", CliJson.Default.HttpRefusal, token);
                revoked.Add(id);
            }

            ResultWriter.Write(
                console,
                global.ReadFormat(arguments),
                new RevokedTokens(revoked),
                CliJson.Default.RevokedTokens,
                list => list.Revoked.Select(id => new Text($"{id:D} revoked")));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    /// <summary>The token alone goes to the output, so that a script can take it; it is one line, however long.</summary>
    private static void Write(CliConsole console, OutputFormat format, NewToken issued)
    {
        if (format == OutputFormat.Json)
        {
            ResultWriter.Write(console, format, issued, CliJson.Default.NewToken, static _ => []);
            return;
        }

        console.Output.WriteLine(issued.Token);
        console.Error.WriteLine($"Token {issued.Id:D} for {issued.Kind} {issued.Subject:D} is good until {issued.ExpiresAt:u}.");
    }

    private static IEnumerable<IRenderable> Draw(TokenList list, DateTimeOffset now)
    {
        if (list.Tokens.Count == 0)
        {
            yield return new Text("No token was ever issued: agents and clients connect without one, and only on the machine of their silo.");
            yield break;
        }

        var table = ResultWriter.CreateTable("id", "kind", "subject", "issued", "expires", "state");
        foreach (var token in list.Tokens)
        {
            table.AddTextRow(
                token.Id.ToString("D"),
                token.Kind,
                token.Subject.ToString("D"),
                $"{token.IssuedAt:u}",
                $"{token.ExpiresAt:u}",
                token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now ? "expired" : "good");
        }

        yield return table;
    }

    private static Guid? ParseId(ArgumentResult result) => ParseId(result, result.Tokens[^1].Value);

    private static Guid? ParseId(ArgumentResult result, string text)
    {
        if (Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty)
            return id;
        result.AddError($"'{text}' is no id; an id is a UUID of the form 8-4-4-4-12.");
        return null;
    }
}
