-- Opens a configuration in Neovim with `tensormerge lsp` as its language server and writes what it
-- shows as JSON: neovim_client.lua takes PROGRAM, MODELS, FILE and RESULT from the environment.
local program, models = vim.env.PROGRAM, vim.env.MODELS
local file, result_file = vim.env.FILE, vim.env.RESULT
local result = {}

local function finish(problem)
  result.problem = problem
  local out = io.open(result_file, "w")
  out:write(vim.json.encode(result))
  out:close()
  vim.cmd("qall!")
end

local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then error("no " .. what) end
end

local function diagnostics()
  local list = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    local at = (each.lnum + 1) .. ":" .. (each.col + 1)
    table.insert(list, at .. " " .. tostring(each.code or each.user_data.lsp.code) .. " " .. each.message)
  end
  return list
end

local function request(method, line, column, more)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(),
    position = { line = line - 1, character = column - 1 },
  }
  local replies = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", params, more or {}), 20000)
  for _, reply in pairs(replies or {}) do return reply.result end
end

local function run()
  vim.cmd("edit " .. file)
  local client = vim.lsp.start_client({
    name = "tensormerge",
    cmd = { program, "lsp", "--models", "--models-dir", models },
  })
  vim.lsp.buf_attach_client(0, client)
  wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
  result.first = diagnostics()

  local actions = request("textDocument/codeAction", 1, 1, {
    range = { start = { line = 0, character = 0 }, ["end"] = { line = 99, character = 0 } },
    context = { diagnostics = {} },
  })
  result.actions = {}
  local encoding = vim.lsp.get_client_by_id(client).offset_encoding
  for _, action in ipairs(actions) do
    table.insert(result.actions, action.title)
    vim.lsp.util.apply_workspace_edit(action.edit, encoding)
  end
  -- The corrected text has no error, so that the models are looked at.
  wait("diagnostics of the models", function()
    return table.concat(diagnostics(), "\n"):find("TM90") ~= nil
  end)
  result.corrected = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  result.second = diagnostics()

  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "parameters:", "  lam" })
  local last = vim.api.nvim_buf_line_count(0)
  result.keys = {}
  for _, item in ipairs(request("textDocument/completion", last, 6)) do
    table.insert(result.keys, item.label)
  end
  result.methods = {}
  for _, item in ipairs(request("textDocument/completion", 1, 15)) do
    table.insert(result.methods, item.label)
  end
  result.hovers = {}
  for _, line in ipairs({ 1, 2, 8 }) do
    local hover = request("textDocument/hover", line, 9)
    table.insert(result.hovers, type(hover) == "table" and hover.contents.value or "")
  end
end

local fine, problem = pcall(run)
finish(not fine and tostring(problem) or nil)
