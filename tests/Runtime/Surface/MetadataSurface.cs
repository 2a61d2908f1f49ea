using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Actors.Runtime.Tests.Surface;

/// <summary>Reads the visible types of an assembly from its file, without loading it.</summary>
internal sealed class MetadataSurface : IDisposable
{
    private static readonly SignatureTypes Types = new();

    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly MetadataAttributes _attributes;

    private MetadataSurface(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
        _attributes = new MetadataAttributes(_reader);
    }

    /// <summary>The visible types in namespaces that <paramref name="isWanted"/> takes.</summary>
    public static IReadOnlyList<SurfaceType> Read(string path, Predicate<string> isWanted)
    {
        using var surface = new MetadataSurface(path);
        return [.. surface._reader.TypeDefinitions.Where(surface.IsVisible).Where(handle => isWanted(surface.Namespace(handle))).Select(surface.ToType)];
    }

    /// <summary>Methods of types in other assemblies that this one calls, as "Namespace.Type.Method/parameters".</summary>
    public static IReadOnlyList<string> ReadCalls(string path)
    {
        using var surface = new MetadataSurface(path);
        return [.. surface.Calls()];
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<string> Calls()
    {
        foreach (var member in _reader.MemberReferences.Select(_reader.GetMemberReference))
        {
            if (member.GetKind() == MemberReferenceKind.Method && member.Parent.Kind == HandleKind.TypeReference)
            {
                var type = _reader.GetTypeReference((TypeReferenceHandle)member.Parent);
                var blob = _reader.GetBlobReader(member.Signature);
                if (blob.ReadSignatureHeader().IsGeneric)
                {
                    blob.ReadCompressedInteger();
                }

                yield return $"{_reader.GetString(type.Namespace)}.{_reader.GetString(type.Name)}.{_reader.GetString(member.Name)}/{blob.ReadCompressedInteger()}";
            }
        }
    }

    private string Namespace(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Namespace(outer) : _reader.GetString(type.Namespace);
    }

    private string FullName(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        var name = _reader.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer ? $"{FullName(outer)}+{name}" : $"{_reader.GetString(type.Namespace)}.{name}";
    }

    private bool IsVisible(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(type.GetDeclaringType()),
            _ => false,
        };
    }

    private SurfaceType ToType(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        var scope = new SignatureTypes.Scope(ParameterNames(type.GetGenericParameters()), []);
        var basis = type.BaseType.IsNil ? "" : TypeText(type.BaseType, scope, null);
        var kind = Kind(type, basis);
        var attributes = _attributes.OfType(handle).Order(StringComparer.Ordinal).ToList();
        if (kind == "enum")
        {
            return new SurfaceType(FullName(handle), kind, attributes, EnumBase(type) is var number and not "int" ? [number] : [], [.. EnumMembers(type)]);
        }

        if (kind == "delegate")
        {
            var invoke = type.GetMethods().Single(method => _reader.GetString(_reader.GetMethodDefinition(method).Name) == "Invoke");
            var name = _reader.GetString(type.Name).Split('`')[0];
            return new SurfaceType(FullName(handle), kind, attributes, [], [MethodText(invoke, scope, handle, name + TypeParameters(scope.TypeParameters), delegated: true)]);
        }

        var bases = type.GetInterfaceImplementations()
            .Select(one => _reader.GetInterfaceImplementation(one))
            .Select(one => TypeText(one.Interface, scope, one.GetCustomAttributes()))
            .ToList();
        if (basis is not ("" or "object" or "ValueType" or "Object"))
        {
            bases.Insert(0, basis);
        }

        return new SurfaceType(FullName(handle), kind, attributes, bases, [.. Members(handle, type, scope)]);
    }

    private static string Kind(TypeDefinition type, string basis)
    {
        if ((type.Attributes & TypeAttributes.Interface) != 0)
        {
            return "interface";
        }

        if (basis is "Enum" or "ValueType")
        {
            return basis == "Enum" ? "enum" : "struct";
        }

        if (basis is "MulticastDelegate")
        {
            return "delegate";
        }

        return (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Sealed)) switch
        {
            TypeAttributes.Abstract | TypeAttributes.Sealed => "static class",
            TypeAttributes.Abstract => "abstract class",
            TypeAttributes.Sealed => "sealed class",
            _ => "class",
        };
    }

    private string EnumBase(TypeDefinition type)
    {
        var value = type.GetFields().Select(_reader.GetFieldDefinition).Single(static field => (field.Attributes & FieldAttributes.Static) == 0);
        return value.DecodeSignature(Types, new SignatureTypes.Scope([], [])).Text(new NullableFlags([]));
    }

    private IEnumerable<string> EnumMembers(TypeDefinition type) =>
        type.GetFields().Select(_reader.GetFieldDefinition)
            .Where(static field => (field.Attributes & FieldAttributes.Literal) != 0)
            .Select(field => $"{_reader.GetString(field.Name)} = {Constant(field.GetDefaultValue(), isValue: false)}");

    private IEnumerable<string> Members(TypeDefinitionHandle handle, TypeDefinition type, SignatureTypes.Scope scope)
    {
        var accessors = new HashSet<MethodDefinitionHandle>();
        foreach (var propertyHandle in type.GetProperties())
        {
            var property = _reader.GetPropertyDefinition(propertyHandle);
            var both = property.GetAccessors();
            accessors.Add(both.Getter);
            accessors.Add(both.Setter);
            if (PropertyText(property, scope, handle) is { } text)
            {
                yield return text;
            }
        }

        foreach (var eventHandle in type.GetEvents())
        {
            var one = _reader.GetEventDefinition(eventHandle);
            var both = one.GetAccessors();
            accessors.Add(both.Adder);
            accessors.Add(both.Remover);
            if (Access(_reader.GetMethodDefinition(both.Adder).Attributes) is { } access)
            {
                yield return $"{Modifiers(_reader.GetMethodDefinition(both.Adder), handle, access)}event {TypeText(one.Type, scope, one.GetCustomAttributes(), handle)} {_reader.GetString(one.Name)}";
            }
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            if (FieldText(field, scope, handle) is { } text)
            {
                yield return text;
            }
        }

        foreach (var methodHandle in type.GetMethods().Where(method => !accessors.Contains(method)))
        {
            var method = _reader.GetMethodDefinition(methodHandle);
            var name = _reader.GetString(method.Name);
            if (Access(method.Attributes) is not null && name != ".cctor" && !name.Contains('.', StringComparison.Ordinal) | name == ".ctor")
            {
                yield return MethodText(methodHandle, scope, handle, MemberName(handle, name), delegated: false);
            }
        }
    }

    private string MemberName(TypeDefinitionHandle handle, string name) => name switch
    {
        ".ctor" => _reader.GetString(_reader.GetTypeDefinition(handle).Name).Split('`')[0],
        "op_Equality" => "operator ==",
        "op_Inequality" => "operator !=",
        "op_LessThan" => "operator <",
        "op_GreaterThan" => "operator >",
        "op_LessThanOrEqual" => "operator <=",
        "op_GreaterThanOrEqual" => "operator >=",
        _ => name,
    };

    private static string? Access(MethodAttributes attributes) => (attributes & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Public => "",
        MethodAttributes.Family => "protected ",
        MethodAttributes.FamORAssem => "protected internal ",
        _ => null,
    };

    private string Modifiers(MethodDefinition method, TypeDefinitionHandle owner, string access)
    {
        if ((_reader.GetTypeDefinition(owner).Attributes & TypeAttributes.Interface) != 0)
        {
            return (method.Attributes & MethodAttributes.Static) != 0 ? "static " : "";
        }

        var attributes = method.Attributes;
        var text = access + ((attributes & MethodAttributes.Static) != 0 ? "static " : "");
        if ((attributes & MethodAttributes.Virtual) == 0)
        {
            return text;
        }

        var isNew = (attributes & MethodAttributes.NewSlot) != 0;
        var isFinal = (attributes & MethodAttributes.Final) != 0;
        if (isNew)
        {
            return text + (isFinal ? "" : (attributes & MethodAttributes.Abstract) != 0 ? "abstract " : "virtual ");
        }

        return text + (isFinal ? "sealed override " : (attributes & MethodAttributes.Abstract) != 0 ? "abstract override " : "override ");
    }

    private string? PropertyText(PropertyDefinition property, SignatureTypes.Scope scope, TypeDefinitionHandle owner)
    {
        var accessors = property.GetAccessors();
        var getter = accessors.Getter.IsNil ? null : Access(_reader.GetMethodDefinition(accessors.Getter).Attributes);
        var setter = accessors.Setter.IsNil ? null : Access(_reader.GetMethodDefinition(accessors.Setter).Attributes);
        if ((getter ?? setter) is null || _reader.GetString(property.Name).Contains('.', StringComparison.Ordinal))
        {
            return null;
        }

        // The property is as visible as its more visible accessor.
        var access = new[] { getter, setter }.Where(static one => one is not null).MinBy(static one => one!.Length)!;
        var main = getter == access ? accessors.Getter : accessors.Setter;
        var signature = property.DecodeSignature(Types, scope);
        var type = signature.ReturnType.Text(_attributes.Nullable(property.GetCustomAttributes(), owner));
        var set = accessors.Setter.IsNil || setter is null ? "" : $" {(setter == access ? "" : setter)}{(IsInit(accessors.Setter) ? "init" : "set")};";
        var get = getter is null ? "" : $" {(getter == access ? "" : getter)}get;";
        var required = _attributes.Has(property.GetCustomAttributes(), "RequiredMemberAttribute") ? "required " : "";
        return $"{Modifiers(_reader.GetMethodDefinition(main), owner, access)}{required}{type} {_reader.GetString(property.Name)} {{{get}{set} }}";
    }

    private bool IsInit(MethodDefinitionHandle setter)
    {
        var blob = _reader.GetBlobReader(_reader.GetMethodDefinition(setter).Signature);
        blob.ReadSignatureHeader();
        blob.ReadCompressedInteger();
        return blob.ReadSignatureTypeCode() == SignatureTypeCode.RequiredModifier;
    }

    private string? FieldText(FieldDefinition field, SignatureTypes.Scope scope, TypeDefinitionHandle owner)
    {
        var access = (field.Attributes & FieldAttributes.FieldAccessMask) switch
        {
            FieldAttributes.Public => "",
            FieldAttributes.Family => "protected ",
            FieldAttributes.FamORAssem => "protected internal ",
            _ => null,
        };
        if (access is null)
        {
            return null;
        }

        var signature = field.DecodeSignature(Types, scope);
        var type = signature.Text(_attributes.Nullable(field.GetCustomAttributes(), owner));
        if ((field.Attributes & FieldAttributes.Literal) != 0)
        {
            return $"{access}const {type} {_reader.GetString(field.Name)} = {Constant(field.GetDefaultValue(), signature.IsValue)}";
        }

        return $"{access}{((field.Attributes & FieldAttributes.Static) != 0 ? "static " : "")}{type} {_reader.GetString(field.Name)}";
    }

    private string MethodText(MethodDefinitionHandle handle, SignatureTypes.Scope scope, TypeDefinitionHandle owner, string name, bool delegated)
    {
        var method = _reader.GetMethodDefinition(handle);
        var own = ParameterNames(method.GetGenericParameters());
        scope = scope with { MethodParameters = own };
        var signature = method.DecodeSignature(Types, scope);
        var metadataName = _reader.GetString(method.Name);
        var parameters = method.GetParameters().Select(_reader.GetParameter).ToDictionary(static parameter => parameter.SequenceNumber);
        var texts = signature.ParameterTypes.Select((type, index) => ParameterText(type, parameters.TryGetValue(index + 1, out var one) ? one : default(Parameter?), handle, owner)).ToList();
        if (_attributes.Has(method.GetCustomAttributes(), "ExtensionAttribute"))
        {
            texts[0] = "this " + texts[0];
        }

        var result = signature.ReturnType.Text(_attributes.Nullable(parameters.TryGetValue(0, out var returned) ? returned.GetCustomAttributes() : null, handle, owner));
        var modifiers = delegated ? "" : Modifiers(method, owner, Access(method.Attributes) ?? "");
        var head = metadataName switch
        {
            ".ctor" => name,
            "op_Explicit" => $"explicit operator {result}",
            "op_Implicit" => $"implicit operator {result}",
            _ => $"{result} {name}{TypeParameters(own)}",
        };
        return $"{modifiers}{head}({string.Join(", ", texts)}){Constraints(method.GetGenericParameters(), scope, handle, owner, modifiers)}";
    }

    private string ParameterText(SignatureType type, Parameter? parameter, MethodDefinitionHandle method, TypeDefinitionHandle owner)
    {
        if (parameter is not { } known)
        {
            return type.Text(new NullableFlags([0]));
        }

        var prefix = type is SignatureType.Reference
            ? (known.Attributes & ParameterAttributes.Out) != 0 ? "out " : (known.Attributes & ParameterAttributes.In) != 0 ? "in " : "ref "
            : _attributes.Has(known.GetCustomAttributes(), "ParamArrayAttribute") || _attributes.Has(known.GetCustomAttributes(), "ParamCollectionAttribute") ? "params " : "";
        var text = $"{prefix}{type.Text(_attributes.Nullable(known.GetCustomAttributes(), method, owner))} {_reader.GetString(known.Name)}";
        return known.GetDefaultValue().IsNil ? text : $"{text} = {Constant(known.GetDefaultValue(), type.IsValue)}";
    }

    private string Constraints(GenericParameterHandleCollection parameters, SignatureTypes.Scope scope, MethodDefinitionHandle method, TypeDefinitionHandle owner, string modifiers)
    {
        if (modifiers.Contains("override", StringComparison.Ordinal))
        {
            return "";
        }

        var text = "";
        foreach (var parameter in parameters.Select(_reader.GetGenericParameter))
        {
            var parts = new List<string>();
            var isStruct = (parameter.Attributes & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0;
            if ((parameter.Attributes & GenericParameterAttributes.ReferenceTypeConstraint) != 0)
            {
                parts.Add("class");
            }
            else if (isStruct)
            {
                parts.Add("struct");
            }
            else if (parameter.GetConstraints().Count == 0 && _attributes.Nullable(parameter.GetCustomAttributes(), method, owner).Next().Length == 0)
            {
                parts.Add("notnull");
            }

            parts.AddRange(parameter.GetConstraints().Select(_reader.GetGenericParameterConstraint)
                .Select(constraint => TypeText(constraint.Type, scope, constraint.GetCustomAttributes(), method, owner))
                .Where(static constraint => constraint != "ValueType"));
            if (!isStruct && (parameter.Attributes & GenericParameterAttributes.DefaultConstructorConstraint) != 0)
            {
                parts.Add("new()");
            }

            if (parts.Count > 0)
            {
                text += $" where {_reader.GetString(parameter.Name)} : {string.Join(", ", parts)}";
            }
        }

        return text;
    }

    private string TypeText(EntityHandle handle, SignatureTypes.Scope scope, CustomAttributeHandleCollection? attributes, params ReadOnlySpan<EntityHandle> containers)
    {
        var type = handle.Kind switch
        {
            HandleKind.TypeDefinition => Types.GetTypeFromDefinition(_reader, (TypeDefinitionHandle)handle, 0),
            HandleKind.TypeReference => Types.GetTypeFromReference(_reader, (TypeReferenceHandle)handle, 0),
            _ => Types.GetTypeFromSpecification(_reader, scope, (TypeSpecificationHandle)handle, 0),
        };
        return type.Text(_attributes.Nullable(attributes, containers)).Replace("~", "", StringComparison.Ordinal);
    }

    private ImmutableArray<string> ParameterNames(GenericParameterHandleCollection parameters) =>
        [.. parameters.Select(one => _reader.GetString(_reader.GetGenericParameter(one).Name))];

    private static string TypeParameters(ImmutableArray<string> names) => names.IsEmpty ? "" : $"<{string.Join(", ", names)}>";

    private string Constant(ConstantHandle handle, bool isValue)
    {
        var constant = _reader.GetConstant(handle);
        var value = _reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode);
        return value switch
        {
            null => isValue ? "default" : "null",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }
}
