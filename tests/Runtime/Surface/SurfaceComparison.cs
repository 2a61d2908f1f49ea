namespace Actors.Runtime.Tests.Surface;

/// <summary>Holds a type of ours against Orleans' own: what we have, Orleans has too, and the same.</summary>
internal static class SurfaceComparison
{
    /// <summary>A sentence per difference.</summary>
    public static IEnumerable<string> Differences(SurfaceType ours, SurfaceType theirs)
    {
        if (ours.Kind != theirs.Kind)
        {
            yield return $"{ours.Name}: ours is a {ours.Kind}, Orleans' a {theirs.Kind}";
        }

        foreach (var attribute in ours.Attributes.Except(theirs.Attributes))
        {
            yield return $"{ours.Name}: Orleans' type has no [{attribute}]{Near(theirs.Attributes)}";
        }

        // Generic types have no generated codec here, so they do not say that they have one.
        foreach (var attribute in theirs.Attributes.Except(ours.Attributes).Where(attribute => attribute != "GenerateSerializer" || !ours.Name.Contains('`', StringComparison.Ordinal)))
        {
            yield return $"{ours.Name}: ours lacks [{attribute}]{Near(ours.Attributes)}";
        }

        foreach (var basis in ours.Bases.Where(basis => !theirs.Bases.Any(other => Matches(basis, other))))
        {
            yield return $"{ours.Name}: Orleans' type does not derive from {basis}{Near(theirs.Bases)}";
        }

        foreach (var member in ours.Members.Where(member => !IsInherited(member) && !HasConstructorOfItsOwn(ours, theirs, member) && !theirs.Members.Any(other => Matches(member, other))))
        {
            var sameName = theirs.Members.Where(other => NameOf(other) == NameOf(member)).ToList();
            yield return sameName.Count == 0
                ? $"{ours.Name}: Orleans has no {member}"
                : $"{ours.Name}: {member}\n    Orleans: {string.Join("\n    Orleans: ", sameName)}";
        }
    }

    /// <summary>Equal, where Orleans says nothing about null anything goes.</summary>
    public static bool Matches(string ours, string theirs)
    {
        int o = 0, t = 0;
        while (true)
        {
            if (t < theirs.Length && theirs[t] == '~')
            {
                t++;
                if (o < ours.Length && ours[o] is '?' or '~')
                {
                    o++;
                }
            }
            else if (o < ours.Length && ours[o] == '~')
            {
                o++;
                if (t < theirs.Length && theirs[t] == '?')
                {
                    t++;
                }
            }
            else if (o == ours.Length || t == theirs.Length)
            {
                return o == ours.Length && t == theirs.Length;
            }
            else if (ours[o++] != theirs[t++])
            {
                return false;
            }
        }
    }

    /// <summary>An override adds nothing to what can be called.</summary>
    private static bool IsInherited(string member) => member.Contains("override ", StringComparison.Ordinal);

    /// <summary>The listing leaves out the constructor that the compiler adds to a class without one.</summary>
    private static bool HasConstructorOfItsOwn(SurfaceType ours, SurfaceType theirs, string member)
    {
        var name = ours.Name[(ours.Name.LastIndexOfAny(['.', '+']) + 1)..].Split('`')[0];
        return member == (theirs.Kind.StartsWith("abstract", StringComparison.Ordinal) ? $"protected {name}()" : $"{name}()")
            && !theirs.Members.Any(other => NameOf(other) == name && other.Contains($"{name}(", StringComparison.Ordinal));
    }

    private static string NameOf(string member)
    {
        var head = member.Split(['(', '{', '='], 2)[0].TrimEnd();
        return head[(head.LastIndexOf(' ') + 1)..].Split('<')[0];
    }

    private static string Near(IReadOnlyCollection<string> others) => others.Count == 0 ? "" : $" (it has {string.Join(", ", others)})";
}
